"""What the eras share: lines, references, authority, body."""
