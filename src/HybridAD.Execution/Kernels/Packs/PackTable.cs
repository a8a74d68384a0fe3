using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Packs;

/// <summary>Which steps lie together in registers while packs are being found, and what it takes to bring others together.</summary>
internal sealed class PackTable
{
    private readonly StraightLineCode _line;
    private readonly KernelCode _code;
    private readonly int[]?[] _packOf;
    private readonly bool[] _isCall;
    private readonly bool[] _isExchanged;
    private readonly int[]?[] _single;

    public PackTable(StraightLineCode line, StepPacks packs)
    {
        (_line, _code) = (line, line.Code);
        _packOf = new int[]?[_code.Steps.Length];
        _isCall = new bool[_code.Steps.Length];
        _isExchanged = new bool[_code.Steps.Length];
        _single = new int[]?[_code.Steps.Length];
        foreach (var pack in packs.Steps)
            foreach (var step in pack)
                (_packOf[step], _isCall[step]) = (pack, !CanPack(_code.Steps[step]));
    }

    /// <summary>Whether there are registers whose lanes can be moved as the prices here say.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>The pack of a step, or null.</summary>
    public int[]? PackOf(int step) => _packOf[step];

    /// <summary>Whether a step is in a pack of calls.</summary>
    public bool IsCalls(int step) => _isCall[step];

    /// <summary>Whether a step is an operation that has an instruction for all lanes.</summary>
    public static bool CanPack(in KernelStep step) => step switch
    {
        { Kind: StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract or StepKind.Select } => true,
        // A square is a product, which reads its operand twice.
        { Kind: StepKind.Value, Operation: not Op.Square } => ExactOperations.Contain(step.Operation),
        _ => false,
    };

    /// <summary>Whether the first two operands of a step commute.</summary>
    public static bool Commutes(in KernelStep step) =>
        step is { Kind: StepKind.MultiplyAdd or StepKind.NegatedMultiplyAdd or StepKind.MultiplySubtract }
            or { Kind: StepKind.Value, Operation: Op.Add or Op.Mul };

    /// <summary>What an operation costs, in additions.</summary>
    public static int Price(in KernelStep step) => step is { Kind: StepKind.Value, Operation: Op.Div or Op.Sqrt } ? 4 : 1;

    /// <summary>A step by itself.</summary>
    public int[] Single(int step) => _single[step] ??= [step];

    /// <summary>The operands of a step or a pack in a place; null where there are none.</summary>
    public int[]? Operands(int[] steps, int place)
    {
        if (StepPacks.Operand(_code, steps[0], place, _isExchanged[steps[0]]) < 0)
            return null;
        if (steps.Length == 1)
            return Single(StepPacks.Operand(_code, steps[0], place, _isExchanged[steps[0]]));
        var operands = new int[steps.Length];
        for (var lane = 0; lane < operands.Length; lane++)
            operands[lane] = StepPacks.Operand(_code, steps[lane], place, _isExchanged[steps[lane]]);
        return operands;
    }

    /// <summary>Makes a pack of some steps.</summary>
    /// <param name="steps">The steps; in as many equal parts as the next list is long, each a pack or single.</param>
    /// <param name="isSwapped">Whether the operands of a part are exchanged.</param>
    public void Join(int[] steps, bool[] isSwapped)
    {
        for (var lane = 0; lane < steps.Length; lane++)
        {
            _packOf[steps[lane]] = steps;
            _isExchanged[steps[lane]] ^= isSwapped[lane * isSwapped.Length / steps.Length];
        }
    }

    /// <summary>Makes two packs of one, or single steps of a pair.</summary>
    public void TakeApart(int[] steps)
    {
        var half = steps.Length / 2;
        int[]? first = half == 1 ? null : steps[..half], second = half == 1 ? null : steps[half..];
        for (var lane = 0; lane < steps.Length; lane++)
            _packOf[steps[lane]] = lane < half ? first : second;
    }

    /// <summary>Whether steps can be had in a register without any operation: as a pack, or from memory.</summary>
    public bool IsReady(ReadOnlySpan<int> steps)
    {
        if (_packOf[steps[0]] is { } pack)
            return _isCall[steps[0]] ? steps.Length < pack.Length && AreLanes(pack, steps) : PartOf(pack, steps) == 0;
        return AreLiterals(steps) || _line.AreNeighbours(steps);
    }

    /// <summary>Which part of a pack some steps are, all of the same length; −1 where they are none. The first part of a register needs no operation.</summary>
    public static int PartOf(int[] pack, ReadOnlySpan<int> steps)
    {
        for (var first = 0; first + steps.Length <= pack.Length; first += steps.Length)
            if (pack.AsSpan(first, steps.Length).SequenceEqual(steps))
                return first / steps.Length;
        return -1;
    }

    /// <summary>Whether steps can be had in a register by one operation at most.</summary>
    public bool IsNearlyReady(ReadOnlySpan<int> steps) =>
        IsReady(steps) || (_packOf[steps[0]] is { } pack && !_isCall[steps[0]] && PartOf(pack, steps) > 0) || SourcesOf(steps) is not null;

    /// <summary>The operations that bring steps into one register, in order.</summary>
    public int CostOfGathering(ReadOnlySpan<int> steps)
    {
        if (IsReady(steps))
            return 0;
        if (!steps.ContainsAnyExcept(steps[0]))
            return _code.Steps[steps[0]].Kind == StepKind.Load || IsCalls(steps[0]) ? 0 : 1;
        if (steps.Length == 2 || IsNearlyReady(steps))
            return 1;
        var half = steps.Length / 2;
        return 1 + CostOfGathering(steps[..half]) + CostOfGathering(steps[half..]);
    }

    /// <summary>The one or two packs of the same width whose lanes steps are, if one instruction can choose among these.</summary>
    public (int[] First, int[] Second)? SourcesOf(ReadOnlySpan<int> steps)
    {
        int[]? first = null, second = null;
        foreach (var step in steps)
        {
            if (_packOf[step] is not { } pack || _isCall[step] || pack.Length != steps.Length)
                return null;
            if (first is null || first == pack)
                first = pack;
            else if (second is null || second == pack)
                second = pack;
            else
                return null;
        }
        return CanChoose(steps.Length, second is not null) ? (first!, second ?? first!) : null;
    }

    /// <summary>Whether one instruction chooses any lanes of one register, or of two.</summary>
    private static bool CanChoose(int lanes, bool ofTwo) => lanes switch
    {
        2 => true,
        4 => !ofTwo || Avx512F.VL.IsSupported,
        _ => Avx512F.IsSupported,
    };

    public StepPacks ToPacks()
    {
        var packs = new List<int[]>();
        for (var k = 0; k < _packOf.Length; k++)
            if (_packOf[k] is { } pack && pack[0] == k)
                packs.Add(pack);
        return new([.. packs], _isExchanged);
    }

    private bool AreLiterals(ReadOnlySpan<int> steps)
    {
        foreach (var step in steps)
            if (_code.Steps[step].Kind != StepKind.Literal)
                return false;
        return true;
    }

    private static bool AreLanes(int[] pack, ReadOnlySpan<int> steps)
    {
        var first = Array.IndexOf(pack, steps[0]);
        return first + steps.Length <= pack.Length && pack.AsSpan(first, steps.Length).SequenceEqual(steps);
    }
}
