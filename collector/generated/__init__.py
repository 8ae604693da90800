"""What is made from the code, so that it is said once: contract, types for SDKs, reference pages, schemas of rules."""
