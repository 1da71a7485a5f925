"""Ground: refusals, isolation, paging, money; knows no app."""
