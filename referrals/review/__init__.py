"""The reviewer's side ready to be shown: the queue, the evidence about one lead, what is asked with a step."""
