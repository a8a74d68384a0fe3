using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>
/// Finds long codes that differ from others in their literals only, as the steps of a method in time do that depend on the time. From the third on their literals are
/// loaded, so that one function serves all of them: compiling it takes longer than any of them saves by having its literals in the code. The numbers that come out are the same.
/// </summary>
internal static class VariedLiterals
{
    /// <summary>Shorter codes are compiled in a moment, and a load more would be felt in them.</summary>
    private const int FewestSteps = 40;

    /// <summary>Codes that are remembered.</summary>
    private const int MostCodes = 4096;

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<ulong, (ulong First, ulong Second)> s_known = [];

    /// <summary>The code, or one that loads literals after everything else, and the numbers that it loads.</summary>
    public static (KernelCode Code, double[] Numbers) Of(KernelCode code)
    {
        if (code.Steps.Length < FewestSteps)
            return (code, []);
        var mayVary = FactorsAndTerms(code);
        return Array.IndexOf(mayVary, true) >= 0 && IsThird(code, mayVary) ? Loaded(code, mayVary) : (code, []);
    }

    /// <summary>The literals that are only factors and terms: what else they may be decides how an operation is computed.</summary>
    private static bool[] FactorsAndTerms(KernelCode code)
    {
        var mayVary = new bool[code.Steps.Length];
        for (var k = 0; k < mayVary.Length; k++)
        {
            ref readonly var step = ref code.Steps[k];
            mayVary[k] = step.Kind == StepKind.Literal;
            var isArithmetic = step is { Kind: StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract } or { Kind: StepKind.Value, Operation: Op.Add or Op.Sub or Op.Mul or Op.Div };
            if (!isArithmetic)
                foreach (var operand in Operands.Of(step))
                    mayVary[operand] = false;
        }
        foreach (var store in code.Stores)
            mayVary[store] = false;
        return mayVary;
    }

    /// <summary>Whether codes with two other sets of literals have been seen.</summary>
    private static bool IsThird(KernelCode code, bool[] mayVary)
    {
        var (shape, numbers) = (Mixed((ulong)code.LoadCount, (ulong)code.Stores.Length), 1UL);
        for (var k = 0; k < mayVary.Length; k++)
        {
            ref readonly var step = ref code.Steps[k];
            shape = Mixed(Mixed(shape, ((ulong)step.Kind << 8) | step.Operation), ((ulong)(uint)step.A << 32) | (uint)step.B);
            shape = Mixed(shape, (uint)step.C);
            var bits = (ulong)BitConverter.DoubleToInt64Bits(step.Number);
            if (mayVary[k])
                numbers = Mixed(numbers, bits);
            else
                shape = Mixed(shape, bits);
        }
        foreach (var store in code.Stores)
            shape = Mixed(shape, (ulong)store);
        lock (s_lock)
        {
            if (s_known.Count >= MostCodes)
                s_known.Clear();
            var (first, second) = s_known.GetValueOrDefault(shape);
            if (numbers == first || numbers == second)
                return false;
            if (first != 0 && second != 0)
                return true;
            s_known[shape] = first == 0 ? (numbers, 0) : (first, numbers);
            return false;
        }
    }

    private static ulong Mixed(ulong hash, ulong item) => ulong.RotateLeft((hash ^ item) * 0x9E3779B97F4A7C15, 29);

    private static (KernelCode Code, double[] Numbers) Loaded(KernelCode code, bool[] mayVary)
    {
        var steps = code.Steps.ToArray();
        var numbers = new List<double>();
        for (var k = 0; k < steps.Length; k++)
            if (mayVary[k])
            {
                numbers.Add(steps[k].Number);
                steps[k] = new KernelStep(StepKind.Load, A: code.LoadCount + numbers.Count - 1);
            }
        return (new KernelCode(steps, code.LoadCount + numbers.Count, code.Stores.ToArray()), [.. numbers]);
    }
}
