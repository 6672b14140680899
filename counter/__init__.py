"""What the clerk and the applicant at the window touch: the desk and the rating tablet."""
