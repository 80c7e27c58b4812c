"""The views of the page: each makes the HTML of one section."""
