using HybridAD.Errors;
using HybridAD.Primitives;

namespace HybridAD.Formats.FpCore.Code;

/// <summary>One of two values.</summary>
internal sealed class IfCode(FpCode condition, FpCode ifTrue, FpCode ifFalse, int entry) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        if (run.IsStraight)
            return condition.Decide(run) ? ifTrue.Run(run) : ifFalse.Run(run);
        var decided = condition.Run(run);
        if (!decided.Varies)
            return run.Decide(decided) ? ifTrue.Run(run) : ifFalse.Run(run);
        var (value, elements) = (ifTrue.Run(run), run.Elements);
        var other = ifFalse.Run(run);
        if (ArrayLength == 0)
            return Selected(run, decided, value, other);
        run.Elements = [.. elements!.Zip(run.Elements!, (a, b) => Selected(run, decided, a, b))];
        return default;
    }

    private FpValue Selected(FpRun run, FpValue decided, FpValue a, FpValue b) => run.List(Catalog.Select, [decided, a, b], null, entry);
}

/// <summary>A variable and the value it gets.</summary>
/// <param name="Slot">Where it is kept.</param>
/// <param name="Variable">Its index.</param>
/// <param name="Value">The value.</param>
/// <param name="Entry">The place of the assignment.</param>
internal sealed record Binding(int Slot, int Variable, FpCode Value, int Entry)
{
    public void Assign(FpRun run) => run.Slots[Slot] = run.Assigned(Value.Run(run), Variable, Entry);
}

/// <summary>Variables for a body. Every binding has a slot of its own, so that parallel and sequential ones run alike.</summary>
internal sealed class LetCode(Binding[] bindings, FpCode body) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        foreach (var binding in bindings)
            binding.Assign(run);
        return body.Run(run);
    }
}

/// <summary>A loop. Parallel updates write to slots beside the variables first.</summary>
/// <param name="condition">Whether there is another iteration.</param>
/// <param name="starts">The variables at the start.</param>
/// <param name="updates">Their updates, in the same order; each to the variable's own slot where they are sequential.</param>
/// <param name="body">The value in the end.</param>
/// <param name="name">The core.</param>
/// <param name="position">Where the loop stands.</param>
internal sealed class WhileCode(FpCode condition, Binding[] starts, Binding[] updates, FpCode body, string name, Position position) : FpCode
{
    public override FpValue Run(FpRun run)
    {
        foreach (var start in starts)
            start.Assign(run);
        run.EnterLoop();
        while (Continues(run))
        {
            run.BeginIteration();
            foreach (var update in updates)
                update.Assign(run);
            for (var k = 0; k < starts.Length; k++)
                run.Slots[starts[k].Slot] = run.Slots[updates[k].Slot];
        }
        run.LeaveLoop();
        return body.Run(run);
    }

    private bool Continues(FpRun run)
    {
        if (run.IsStraight)
            return condition.Decide(run);
        var decided = condition.Run(run);
        return !decided.Varies ? run.Decide(decided) : throw new FpCoreException(ErrorCodes.FpCoreLoop,
            $"{name}: how often the loop at {position} runs depends on the inputs, so that there is no one trace for all points; trace it at a point");
    }
}
