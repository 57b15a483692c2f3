"""Frame -> Detection -> AlignedFace -> Embedding."""
