"""The command line: a module for each word after `faceidd`."""
