"""Forms of the motions room: plain forms, so that a refused one shows what was typed and changes nothing."""
