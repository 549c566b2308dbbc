"""Programs whose logs `leeway init` has not seen, and how to run them."""
