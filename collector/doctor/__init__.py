"""What `klantreis doctor` looks at: an installation from outside, each thing found with its remedy."""
