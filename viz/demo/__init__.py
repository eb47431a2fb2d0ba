"""The width-and-depth demo on our own engine: a network trains in the notebook, every neuron shows what it sees."""

from __future__ import annotations

import sys
from types import ModuleType

from viz.play import playground


class _Package(ModuleType):
    """`viz.playground` is this package once one of its files has been imported: it is called like the function."""

    __call__ = staticmethod(playground)


sys.modules[__name__].__class__ = _Package
