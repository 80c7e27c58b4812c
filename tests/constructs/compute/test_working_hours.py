"""Working hours, as each service of AWS takes them."""

from __future__ import annotations

from reference_constructs.compute.working_hours_options import WorkingHoursOptions


def test_they_stop_on_the_days_on_which_they_start() -> None:
    hours = WorkingHoursOptions(start="07:00", stop="20:30")
    assert hours.start_expression == "cron(0 7 ? * MON,TUE,WED,THU,FRI *)"
    assert hours.stop_expression == "cron(30 20 ? * MON,TUE,WED,THU,FRI *)"
    assert (hours.start_recurrence, hours.stop_recurrence) == ("0 7 * * 1,2,3,4,5", "30 20 * * 1,2,3,4,5")


def test_a_night_ends_on_the_next_day() -> None:
    hours = WorkingHoursOptions(start="22:00", stop="06:00", days=("SAT", "FRI"))
    assert hours.start_recurrence == "0 22 * * 5,6"
    assert hours.stop_recurrence == "0 6 * * 0,6"
    assert hours.stop_expression == "cron(0 6 ? * SUN,SAT *)"
