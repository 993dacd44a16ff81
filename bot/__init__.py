"""Questions in, verified and cited statements out."""
