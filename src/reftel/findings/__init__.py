"""What a cable's text tells beyond its record: findings, each with its place. A module a subject."""
