using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>What becomes of one order, and what the running conversation tells of it.</summary>
internal sealed class FreeFate(FreeTerminal terminal, FreeOrder order)
{
    private const int Euro = 978;
    private static readonly int[] Unknown = [975, 191, 276, 999, 0];

    private readonly FreeDice dice = terminal.Dice;
    private bool isToBook;
    private bool isEndTold;
    private bool isWithdrawn;
    private bool isResultTold;
    private bool lastIsApproval = true;
    private bool isPair; // Two words in one piece, of which one is not true.
    private int pending;
    private Booking? booked;
    private Booking? target;

    public int Session => order.Session;

    /// <summary>What was told of it, for the worlds that look alike.</summary>
    public FreeFacts Facts { get; } = new(order, terminal.Mind.LastBefore, terminal.Mind.Before, terminal.World.Now);

    public bool IsLost { get; private set; }

    public bool IsSettled => pending == 0;

    private FreeMind Mind => terminal.Mind;

    private int S => order.Session;

    /// <summary>The conversation, step after step, with the place at which the line is lost.</summary>
    public List<FreeStep> Steps()
    {
        isToBook = dice.Number(Topic.Fate, S, 100) < 58;
        var steps = new List<FreeStep>();
        if (dice.Odd(Oddity.RefusedAtOnce, S))
        {
            isToBook = false;
            steps.Add(Say(
                () =>
                {
                    Facts.Results.Add(new Told { Code = "" });
                    (isEndTold, Facts.IsEnded) = (true, true);
                    return terminal.Refused();
                },
                waits: false));
            return steps;
        }

        if (order.Original is not null) target = Target();
        // What undoes has no number of its own that travels.
        if (order.Original is not null && terminal.HasForeignAlike) terminal.Broken.Add(Assumption.NobodyElseBooksAlike);
        if (order.Original is not null && target is null) isToBook = false;
        steps.Add(Say(terminal.Accepted, waits: false));
        for (var times = dice.Number(Topic.Progress, S, 3); times > 0; times--) steps.Add(Say(terminal.Progress, terminal.HasEnd));
        var results = Results(out var bookAt);
        for (var index = 0; index < results.Count; index++)
        {
            if (index == bookAt) steps.Add(FreeStep.Do(_ => Book()));
            var told = results[index];
            var step = Say(() => Tell(told), terminal.HasEnd, thinks: dice.Number(Topic.Customer, S, 3000));
            steps.Add(step with { IsGlued = index + 1 < results.Count && (isPair || dice.Odd(Oddity.Glued, S)) });
        }

        if (bookAt >= results.Count) steps.Add(FreeStep.Do(_ => Book()));
        if (terminal.HasEnd) End(steps);
        else steps.Add(FreeStep.Do(_ => Facts.IsEnded = isEndTold = isResultTold));
        if (!dice.Odd(Oddity.Lost, S)) return steps;
        var place = dice.Number(Topic.LossPlace, S, steps.Count);
        // Behind the first of two words without an end nobody could wait for the second.
        while (!terminal.HasEnd && place > 0 && steps[place - 1].IsGlued) place--;
        steps.Insert(place, FreeStep.Do(Tear));
        return steps;
    }

    /// <summary>The line is lost: what was to be booked is booked or not, other hands come, and memory may go.</summary>
    public void Lose()
    {
        if (IsLost) return;
        IsLost = true;
        Facts.LostAt = terminal.World.Now;
        if (!isEndTold) Settle(isLong: false, wasAway: false);
    }

    private void Tear(FreeTalk talk)
    {
        IsLost = true;
        Facts.LostAt = terminal.World.Now;
        var kind = dice.Number(Topic.LossKind, S, 8);
        var isAway = kind is 4 or 5;
        var isSilent = kind is 6 or 7;
        talk.Stop();
        if (isSilent) talk.Link.FallSilent();
        else talk.Link.Break(reset: kind is 2 or 3);
        Facts.WasAway = isAway;
        if (isAway) terminal.GoAway(TimeSpan.FromSeconds(3 + dice.Number(Topic.AwayFor, S, 40)));
        Settle(isAway || isSilent, isAway);
    }

    private void Settle(bool isLong, bool wasAway)
    {
        if (isWithdrawn && booked is not null && !booked.TakenBack) Mind.TakeBack(booked);
        if (isToBook && booked is null) BookLater();
        else if (booked is not null && !isEndTold && terminal.TakesBackUnheard && dice.Odd(Oddity.TakesBackUnheard, S))
            Mind.TakeBack(booked);
        if (wasAway && dice.Odd(Oddity.ForgetsWhileAway, S)) Mind.Forget(S);
        else if (isToBook && dice.Odd(Oddity.ForgetsReachable, S))
        {
            if (!wasAway) terminal.Broken.Add(Assumption.ReachableRemembers);
            Mind.Forget(S);
        }

        if (isLong) OtherHands();
    }

    private void BookLater()
    {
        if (dice.Odd(Oddity.BooksVeryLate, S))
        {
            terminal.Broken.Add(Assumption.SettlesInTenSeconds);
            Later(TimeSpan.FromSeconds(11 + dice.Number(Topic.LateBy, S, 40)), Book);
        }
        else if (dice.Odd(Oddity.IdleWhileBooking, S)) Later(TimeSpan.FromMilliseconds(200 + dice.Number(Topic.LateBy, S, 7800)), Book);
        else Book();
    }

    // Within the silence, or while the terminal is away, people have the time for it.
    private void OtherHands()
    {
        if (dice.Odd(Oddity.RefundedByHand, S)) Later(TimeSpan.FromMilliseconds(2200), () => Undo(RequestKind.Refund));
        else if (dice.Odd(Oddity.ReversedByHand, S)) Later(TimeSpan.FromMilliseconds(2200), () => Undo(RequestKind.Reversal));
        if (dice.Odd(Oddity.OtherSale, S)) Later(TimeSpan.FromMilliseconds(2600), () => SellOther(order.Minor + 311));
        if (dice.Odd(Oddity.OtherSaleAlike, S))
        {
            if (terminal.CarriesOurNumber)
            {
                terminal.HasForeignAlike = true;
                Later(TimeSpan.FromMilliseconds(2600), () => SellOther(order.Minor));
            }
            else if (dice.MayBreak(Assumption.NobodyElseBooksAlike))
            {
                terminal.Broken.Add(Assumption.NobodyElseBooksAlike);
                Later(TimeSpan.FromMilliseconds(2600), () => SellOther(order.Minor));
            }
        }

        if (dice.Number(Topic.Closes, S, 2) == 0 || !dice.Odd(Oddity.ClosesByItself, S)) return;
        // Where it was empty before, or nobody was told of anything in it, nothing on the wire shows that it was closed.
        if (Mind.Before.Count == 0 || Mind.LastBefore is null)
        {
            if (!dice.MayBreak(Assumption.ClosesShow)) return;
            terminal.Broken.Add(Assumption.ClosesShow);
        }

        Later(TimeSpan.FromMilliseconds(2900), CloseBehindHands);
    }

    // What was given back before, and was in the totals alone, is in nothing any more.
    private void CloseBehindHands()
    {
        var isHidden = booked?.UndoneAt is not null && !terminal.TellsKindOf(RequestKind.Refund)
            && (dice.Odd(Oddity.NumbersRepeat, 0) || dice.Odd(Oddity.NumbersRestart, S));
        if (isHidden && !dice.MayBreak(Assumption.HandsShow)) return;
        if (isHidden) terminal.Broken.Add(Assumption.HandsShow);
        Mind.ClosePeriod();
    }

    private void Undo(RequestKind how)
    {
        if (booked is null || booked.TakenBack || booked.UndoneAt is not null || booked.Kind is RequestKind.Reversal) return;
        if (terminal.HidesHands(how))
        {
            if (!dice.MayBreak(Assumption.HandsShow)) return;
            terminal.Broken.Add(Assumption.HandsShow);
        }

        var kind = booked.Kind is RequestKind.Refund && how is RequestKind.Refund ? RequestKind.Sale : how;
        var undoing = Mind.Book(kind, booked.Minor, booked.Currency, null, undoes: how is RequestKind.Reversal ? booked : null);
        booked.UndoneAt = terminal.World.Now;
        Mind.Remember(Mind.Of(undoing, terminal.Approved));
    }

    private void SellOther(long minor) => Mind.Remember(Mind.Of(Mind.Book(RequestKind.Sale, minor, Euro, null), terminal.Approved));

    private void Later(TimeSpan when, Action act)
    {
        pending++;
        terminal.World.After(when, () =>
        {
            pending--;
            act();
        });
    }

    private void Book()
    {
        if (booked is not null || !isToBook) return;
        var undoes = target;
        if (undoes is not null && dice.Odd(Oddity.UndoesAnother, S) && OtherThan(undoes) is { } another) undoes = another;
        var (minor, currency) = (undoes?.Minor ?? order.Minor, undoes?.Currency ?? order.Currency);
        if (undoes is null && dice.Odd(Oddity.PartApproved, S)) minor = dice.Pick(Topic.Part, S, [minor / 2, minor + 50, minor * 2]);
        if (undoes is null && dice.Odd(Oddity.UnknownCurrency, S)) currency = dice.Pick(Topic.Currency, S, Unknown);
        else if (undoes is null && dice.Odd(Oddity.OtherCurrency, S)) currency = dice.Pick(Topic.Currency, S, [756, 946, 203]);
        if (undoes is { UndoneAt: not null }) return;
        booked = Mind.Book(order.Kind, minor, currency, S, order, undoes);
        Mind.Remember(Mind.Of(booked, terminal.Approved));
    }

    private Booking? Target() => terminal.Books.Open.LastOrDefault(one => one.UndoneAt is null && one.Kind is RequestKind.Sale
        && (Original.SameReceipt(one.Receipt, order.Original) || Original.SameApproval(one.Approval, order.Original)));

    private Booking? OtherThan(Booking meant) =>
        terminal.Books.Open.LastOrDefault(one => one != meant && one is { UndoneAt: null, Kind: RequestKind.Sale, Session: not null });

    // What the conversation tells, in its order, and before which of it the booking is made.
    private List<Func<Told>> Results(out int bookAt)
    {
        var results = new List<Func<Told>>();
        bookAt = 0;
        var old = Mind.Last;
        if (dice.Odd(Oddity.ForeignDevice, S))
        {
            isToBook = false;
            results.Add(() => Mind.Invent(order, terminal.Approved, isApproval: true) with
            {
                Device = "99999999", Minor = target?.Minor ?? order.Minor,
            });
            return results;
        }

        // It can be known again: we were told of it before, or made it, and it has a number.
        var isUntold = old is not null && !terminal.InOurJournal.Contains(old.Of) && dice.Odd(Oddity.BaselineSilent, S);
        if (old is not null && (isUntold || !terminal.TellsNumberOf(old))) old = null;
        // A reversal is answered with the code of what it undoes: by that alone the old booking is not known again.
        if (old is not null && order.Original is not null && terminal.KnowsByCodeAlone(old)) old = null;
        if (old is not null && dice.Odd(Oddity.OldBookingInstead, S))
        {
            results.Add(() => old with { IsOld = true });
            return results;
        }

        if (dice.Odd(Oddity.NoResult, S)) return results;
        if (old is not null && dice.Odd(Oddity.OldBookingFirst, S)) results.Add(() => old with { IsOld = true });
        results.Add(True);
        if (!dice.Odd(Oddity.SecondResult, S)) return results;
        isPair = !terminal.HasEnd;
        var place = dice.Number(Topic.Second, S, 4);
        // The last one counts (zvt.md §7.2), unless an approval that was committed stands before it.
        var isLast = place % 2 == 0 && (!terminal.HasEnd || (isToBook && !dice.Odd(Oddity.CodeAbsent, S)));
        results.Insert(isLast ? results.Count : results.Count - 1, () => Otherwise(place > 1));
        return results;
    }

    private Told True()
    {
        if (booked is null && dice.Odd(Oddity.LiesApproved, S))
        {
            terminal.Broken.Add(Assumption.ResultIsTrue);
            return Mind.Invent(order, terminal.Approved, isApproval: true);
        }

        if (booked is null) return Refusal();
        if (dice.Odd(Oddity.LiesRefused, S))
        {
            terminal.Broken.Add(Assumption.ResultIsTrue);
            return Refusal();
        }

        return Odd(booked.Undoes is { } undone ? Undoing(undone) : Mind.Of(booked, terminal.Approved));
    }

    // A reversal names what it undid in one way at least.
    private Told Undoing(Booking undone)
    {
        var told = Mind.Of(booked!, terminal.Approved);
        var marks = 1 + dice.Number(Topic.Marks, S, 7);
        if (!Mind.TellsLastNumber || !Mind.TellsTraces) marks &= ~1;
        // A code that nobody told us of names nothing to us: then the amount is true.
        if (!terminal.InOurJournal.Contains(undone)) marks |= 2;
        if (undone.Minor == target!.Minor) marks &= ~2;
        if (marks == 0) marks = 4;
        return told with
        {
            UndoneTrace = (marks & 1) != 0 ? undone.Trace : null,
            Minor = (marks & 2) != 0 ? undone.Minor : target!.Minor,
            Approval = (marks & 4) != 0 ? undone.Approval : booked!.Approval,
        };
    }

    private Told Odd(Told told)
    {
        if (dice.Odd(Oddity.LiesAmount, S))
        {
            terminal.Broken.Add(Assumption.ResultIsTrue);
            told = told with { Minor = told.Minor + 100 };
        }

        if (dice.Odd(Oddity.AmountAbsent, S) && !Mind.HasTwin(booked!)) told = told with { Minor = null };
        if (told.Currency == Euro && dice.Odd(Oddity.CurrencyAbsent, S)) told = told with { Currency = null };
        if (dice.Odd(Oddity.AmountUnreadable, S)) told = told with { IsUnreadable = true };
        if (dice.Odd(Oddity.BehindUnknownField, S)) told = told with { IsHidden = true };
        if (dice.Odd(Oddity.CodeAbsent, S)) told = told with { Code = null };
        // Without a number it could not name that it undid another one than was meant.
        var isNamed = booked!.Undoes is null || booked.Undoes == target;
        if (isNamed && dice.Odd(Oddity.NumbersAbsent, S)) told = told with { Receipt = null, Trace = null, Approval = null };
        return told;
    }

    private Told Refusal() => new()
    {
        Code = dice.Pick(Topic.Refusal, S, terminal.Refusals), Kind = order.Kind, Invoice = order.Invoice, Reference = order.Reference,
        Minor = dice.Number(Topic.Unheard, S, 2) == 0 ? order.Minor : null, Currency = order.Currency,
    };

    // The other one of two results, which is not true.
    private Told Otherwise(bool isAmount) => booked is null
        ? Mind.Invent(order, terminal.Approved, isApproval: true) with { Minor = target?.Minor ?? order.Minor }
        : isAmount ? Mind.Of(booked, terminal.Approved) with { Minor = booked.Minor + 617 }
        : Refusal();

    private byte[] Tell(Func<Told> make)
    {
        var told = make();
        isResultTold |= !told.IsOld;
        if (told is { IsOld: false, Device: null }) Facts.Results.Add(told);
        var isRefusal = booked is null && !isToBook && !told.IsApproval;
        if (isRefusal && terminal.KeepsRefusals != dice.Odd(Oddity.RemembersRefusals, S))
            Mind.Remember(Mind.Invent(order, told.Code ?? "", isApproval: false));
        if (terminal.World.Tells) terminal.World.Tell($"terminal tells {told}");
        lastIsApproval = told.IsApproval;
        return terminal.Result(told, order);
    }

    private void End(List<FreeStep> steps)
    {
        if (dice.Odd(Oddity.Withdrawn, S))
        {
            isWithdrawn = true;
            steps.Add(FreeStep.Do(_ =>
            {
                if (booked is { TakenBack: false }) Mind.TakeBack(booked);
            }));
        }

        // A refusal may end either way; an approval that is ended as a failure was taken back.
        steps.Add(Say(
            () =>
            {
                (isEndTold, Facts.IsEnded) = (true, true);
                var otherwise = !lastIsApproval && dice.Odd(Oddity.EndsOtherwise, S);
                // 06 1E says that nothing stands, and whoever lies about it breaks an assumption.
                var stands = booked is { TakenBack: false } && !dice.Odd(Oddity.LiesRefused, S);
                var isGood = stands || ((lastIsApproval || otherwise) && !isWithdrawn);
                Facts.EndsAsFailed = !isGood;
                return terminal.End(isGood, dice.Pick(Topic.Refusal, S, terminal.Refusals));
            },
            waits: true));
    }

    private FreeStep Say(Func<byte[]> bytes, bool waits, int thinks = 0) =>
        new(bytes, waits, TimeSpan.FromMilliseconds(5 + dice.Number(Topic.Thinks, S, 40) + thinks));
}
