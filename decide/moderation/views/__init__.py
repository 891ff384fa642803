"""Pages of moderation: `public` for everybody, `own` for whom it concerns, `desk` for moderators."""
