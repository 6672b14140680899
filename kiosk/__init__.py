"""What the applicant touches: the kiosk screen and the phone page."""
