"""What a command says when it cannot do what it says."""


class Refused(Exception):
    """The command cannot do what it says; the message is the sentence."""
