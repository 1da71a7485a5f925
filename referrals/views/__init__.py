"""Pages of leads: the list, writing one, the page of one."""
