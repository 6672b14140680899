"""
The hall's voice: from a call to a sound file.

Pure words and pure sound, and a chain of providers of which the first that has a whole sentence speaks it. The server does not
play anything: screens and speakers fetch the sound and play it.
"""
