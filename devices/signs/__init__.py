"""Signs over the windows: codecs of their protocols, and what drives them."""
