"""The languages of the pages, where the surfaces look for them."""

from server.language import LOCALES, SHIPPED, Translator, catalogues, choose, read_po, translator

__all__ = ["LOCALES", "SHIPPED", "Translator", "catalogues", "choose", "read_po", "translator"]
