"""The languages of the pages, for the modules that draw them."""

from __future__ import annotations

from server.language import SHIPPED, Translator, choose, translator

__all__ = ["SHIPPED", "Translator", "choose", "translator"]
