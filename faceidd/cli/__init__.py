"""The command line: `faceidd run | demo | enroll | model | config | events | door`."""
