"""The Discord bot: the studio's front end where writers already are."""
