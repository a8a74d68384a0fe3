namespace HybridAD.Checkpoints;

/// <summary>One move of a reversal: from a checkpoint forward to a segment, which is either turned or where the next checkpoint is made.</summary>
/// <param name="Checkpoint">The checkpoint to begin with; −1 for the inputs. The next one made is numbered one more.</param>
/// <param name="From">The segment before which it was made.</param>
/// <param name="To">The segment before which the move ends.</param>
/// <param name="Turns">Whether that segment is differentiated in reverse; otherwise a checkpoint is made before it.</param>
internal readonly record struct CheckpointMove(int Checkpoint, int From, int To, bool Turns);

/// <summary>In which order segments are run again when only some of the states between them can be kept.</summary>
/// <remarks>
/// Binomial checkpointing: Griewank, "Achieving logarithmic growth of temporal and spatial complexity in reverse automatic differentiation", 1992; Griewank and
/// Walther, Algorithm 799 (revolve), 2000. With c checkpoints besides the inputs,
/// C(c + 1 + r, r) segments are reversed in r runs of each at most before it is turned.
/// </remarks>
internal static class CheckpointSchedule
{
    /// <summary>All moves, in order. The first ones, up to the first that turns, only make checkpoints, and belong to the first run through all segments.</summary>
    public static List<CheckpointMove> Of(int segments, int checkpoints)
    {
        var moves = new List<CheckpointMove>();
        var starts = new Stack<int>();
        starts.Push(0);
        for (var end = segments; end > 0;)
        {
            var first = starts.Peek();
            var made = starts.Count - 1;
            if (end - first == 1 || made == checkpoints)
            {
                moves.Add(new CheckpointMove(made - 1, first, --end, Turns: true));
                if (end == first)
                    starts.Pop();
                continue;
            }
            var middle = first + Before(end - first, checkpoints - made + 1);
            moves.Add(new CheckpointMove(made - 1, first, middle, Turns: false));
            starts.Push(middle);
        }
        return moves;
    }

    /// <summary>
    /// How many of some segments lie before the next checkpoint: what lies behind it has one checkpoint less, what lies before one run less, and neither may be so
    /// short that it would need fewer still.
    /// </summary>
    /// <param name="segments">The segments, two or more.</param>
    /// <param name="checkpoints">The checkpoints there are for them, the one before the first included.</param>
    private static int Before(int segments, int checkpoints)
    {
        var runs = 1;
        while (Reach(checkpoints, runs) < segments)
            runs++;
        return (int)Math.Clamp(Math.Min(Reach(checkpoints, runs - 1), segments - Reach(checkpoints - 1, runs - 1)), 1, segments - 1);
    }

    /// <summary>The most segments that can be reversed with some checkpoints, each being run so many times before it is turned.</summary>
    private static double Reach(int checkpoints, int runs)
    {
        var reach = 1.0;
        for (var k = 1; k <= runs; k++)
            reach *= (double)(checkpoints + k) / k;
        return Math.Round(reach);
    }
}
