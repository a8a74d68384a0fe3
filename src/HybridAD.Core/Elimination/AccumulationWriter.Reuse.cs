namespace HybridAD.Elimination;

/// <content>What is done to a program in which every slot is written once, before its slots get their places.</content>
internal sealed partial class AccumulationWriter
{
    private const int Unused = -1;

    /// <summary>Whether a slot is one of <see cref="NewKept"/>.</summary>
    public static bool IsKept(int slot) => slot >> RegionShift == (int)Region.Kept;

    /// <summary>
    /// Moves kept slots into the Jacobian entries they end up in, leaves out instructions whose result nothing reads, and lets kept slots share memory
    /// where their lives do not overlap. Every kept slot must be written once, before it is read.
    /// </summary>
    /// <param name="entryOfKept">The entry that is the value of a kept slot.</param>
    public void ReuseKept(Dictionary<int, int> entryOfKept)
    {
        var code = _code.Items;
        var lastRead = new int[_kept];
        Array.Fill(lastRead, Unused);
        var place = new int[_kept];
        Array.Fill(place, Unused);
        foreach (var (slot, entry) in entryOfKept)
            place[slot & IndexMask] = Entry(entry);
        for (var k = _code.Count - 1; k >= 0; k--)
            if (IsNeeded(code[k].Target, lastRead, place))
            {
                Read(code[k].Left, k, lastRead);
                Read(code[k].Right, k, lastRead);
                Read(code[k].Addend, k, lastRead);
            }
        var free = new Stack<int>();
        var (kept, count) = (0, 0);
        for (var k = 0; k < _code.Count; k++)
        {
            var step = code[k];
            if (!IsNeeded(step.Target, lastRead, place))
                continue;
            var moved = step with { Left = Moved(step.Left, place), Right = Moved(step.Right, place), Addend = Moved(step.Addend, place) };
            // An instruction reads before it writes, so that its target may take the place of what it reads last.
            Release(step.Left, k, lastRead, place, free);
            Release(step.Right, k, lastRead, place, free);
            Release(step.Addend, k, lastRead, place, free);
            if (IsKept(step.Target) && place[step.Target & IndexMask] == Unused)
                place[step.Target & IndexMask] = free.TryPop(out var reused) ? reused : Tag(Region.Kept, kept++);
            code[count++] = moved with { Target = Moved(step.Target, place) };
        }
        _code.Truncate(count);
        _kept = kept;
    }

    private static bool IsNeeded(int target, int[] lastRead, int[] place) =>
        !IsKept(target) || lastRead[target & IndexMask] != Unused || place[target & IndexMask] != Unused;

    private static void Read(int slot, int at, int[] lastRead)
    {
        if (IsKept(slot) && lastRead[slot & IndexMask] == Unused)
            lastRead[slot & IndexMask] = at;
    }

    private static void Release(int slot, int at, int[] lastRead, int[] place, Stack<int> free)
    {
        if (!IsKept(slot) || lastRead[slot & IndexMask] != at || !IsKept(place[slot & IndexMask]))
            return;
        // The same slot may be read twice by one instruction.
        lastRead[slot & IndexMask] = at - 1;
        free.Push(place[slot & IndexMask]);
    }

    private static int Moved(int slot, int[] place) => IsKept(slot) ? place[slot & IndexMask] : slot;
}
