"""Writing a file whole or not at all, as `nn.save` does."""

from nn.files import write as write
