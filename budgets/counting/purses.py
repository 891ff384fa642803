"""What each of many voters has left, kept so that all pay at once."""


class Purses:
    """What each voter has left, in whole parts of 2^-shift of the smallest unit of money, never less than the truth.

    A set of voters is an int, one bit for each; `lacks[d]` is the set of those in whom binary digit d is 0. So a
    payment by thousands is some ten operations on large ints, and so is the question who has less than x. `alive`:
    those who have not paid their last; the digits of the others mean nothing any more.
    """

    def __init__(self, voters: int, each: int):
        self.alive = (1 << voters) - 1
        self.lacks = [0 if each >> digit & 1 else self.alive for digit in range(each.bit_length())]

    def below(self, x: int, low: int = 0) -> int:
        """The voters of whom the digits from `low` on say less than x (of the dead, anything)."""
        if x.bit_length() > len(self.lacks) - low:
            return -1
        below = 0
        for lack in self.lacks[low:]:
            below = below | lack if x & 1 else below & lack
            x >>= 1
        return below

    def take(self, payers: int, amount: int) -> None:
        """Each of the payers, who all have as much, pays."""
        lacks = self.lacks
        borrow = digit = 0
        while amount or borrow:
            lack = lacks[digit]
            if amount & 1:
                lacks[digit] = lack ^ payers ^ borrow
                borrow = payers & (lack | borrow)
            elif borrow:
                lacks[digit] = lack ^ borrow
                borrow &= lack
            amount >>= 1
            digit += 1
