"""Messages and stubs of the wire protocol, generated from proto/ by `make proto`."""
