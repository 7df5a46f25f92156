"""What a presence's votes say of its role when what is seen contradicts what was known."""

from models.domain.media import US
from models.domain.presence import Role
from vision.roles import RoleVotes


def voted(votes, worn, from_s, to_s):
    for tenth in range(round(from_s * 10), round(to_s * 10)):
        votes.vote(worn, tenth * US // 10)
    return votes.role


def staff():
    votes = RoleVotes(can_tell=True, has_counter=True)
    assert voted(votes, True, 0, 20) is Role.STAFF
    return votes


def test_two_seconds_of_other_clothes_leave_the_role_unknown_and_a_long_while_turns_it():
    votes = staff()
    assert voted(votes, False, 20, 21.5) is Role.STAFF, "a badly lit second is no contradiction"
    assert voted(votes, False, 21.5, 22.5) is Role.UNKNOWN
    assert voted(votes, False, 22.5, 90) is Role.VISITOR


def test_the_uniform_seen_again_ends_the_doubt():
    votes = staff()
    voted(votes, False, 20, 23)
    assert voted(votes, True, 23, 23.5) is Role.UNKNOWN
    assert voted(votes, True, 23.5, 24.5) is Role.STAFF


def test_staff_by_the_counter_for_the_day_are_doubted_too_once_their_uniform_was_seen():
    votes = staff()
    votes.stood_behind_counter(0.5)
    for _ in range(8):
        votes.stood_behind_counter(0.5)
    assert voted(votes, False, 20, 23) is Role.UNKNOWN


def test_staff_who_wear_no_uniform_stay_staff_for_the_day():
    votes = RoleVotes(can_tell=True, has_counter=True)
    for _ in range(8):
        votes.stood_behind_counter(0.5)
    assert voted(votes, False, 0, 30) is Role.STAFF


def test_taken_up_again_after_being_lost_they_are_staff_once_seen_as_staff():
    votes = staff()
    votes.taken_up()
    assert votes.role is Role.UNKNOWN
    assert voted(votes, True, 30, 31) is Role.STAFF


def test_covered_after_meeting_somebody_who_is_lost_staff_are_nobody_until_the_uniform_is_seen_again():
    votes, met_us = staff(), 20 * US
    assert votes.role_after(met_us, 21 * US) is Role.STAFF, "a moment behind somebody is no doubt"
    assert votes.role_after(met_us, 23 * US) is Role.UNKNOWN
    voted(votes, True, 30, 30.2)
    assert votes.role_after(met_us, 40 * US) is Role.STAFF, "seen in uniform since"


def test_who_stands_behind_the_counter_is_staff_whoever_stands_before_it():
    votes, met_us = staff(), 20 * US
    votes.stood_behind_counter(0.5)
    assert votes.role_after(met_us, 40 * US) is Role.STAFF
    votes.stands_elsewhere()
    assert votes.role_after(met_us, 40 * US) is Role.UNKNOWN
