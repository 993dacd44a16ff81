"""Questions in, verified and cited statements out."""

__version__ = "0.1.0"
