"""What lineseal is measured against: each as its own users would write it, and call it fair."""
