"""What the doctor's page and its data are called, for whoever removes them."""

PAGE, DATA = "doctor.html", "doctor.json"
