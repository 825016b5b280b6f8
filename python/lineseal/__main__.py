"""`python -m lineseal` is the command `lineseal`. May use the cli."""

if __name__ == "__main__":
    from lineseal.cli import main

    main()
