using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// Compares stretches of a recording with a body, operand by operand. Many stretches that follow each other are compared together, an operand of all of them at a
/// time: there is nothing to be decided inside the loops.
/// </summary>
/// <param name="trace">The recording.</param>
/// <param name="length">Nodes of a stretch.</param>
/// <param name="checks">Where the operands have to come from.</param>
/// <param name="lists">The same for the operands of lists; the first check of each says where its list is.</param>
/// <param name="literalKinds">The kind of each literal, or <see cref="AnyKind"/>.</param>
/// <param name="outsideCount">Different nodes that a stretch reads from outside.</param>
internal sealed class BodyChecks(Trace trace, int length, BodyCheck[] checks, BodyCheck[][] lists, int[] literalKinds, int outsideCount)
{
    /// <summary>Stretches of which a pair of columns takes as long to compare as to begin with, which is what it takes to look for one node among those of its stretch.</summary>
    private const int StretchesOfPair = 32;

    /// <summary>That a literal may be of any kind.</summary>
    public const int AnyKind = -1;

    /// <summary>What stands for the node that a sum starts from where it is the literal 0.</summary>
    public const int FromZero = -1;

    // Whether what the stretches under way read is compared pair by pair of columns, or stretch by stretch in the end.
    private bool _comparesPairs;

    /// <summary>Literals of which operations become simpler are a part of the shape.</summary>
    public static int KindOf(double literal) => literal switch
    {
        0 => double.IsNegative(literal) ? 1 : 2,
        1 => 3,
        -1 => 4,
        _ => 0,
    };

    /// <summary>How many of some stretches are like the body, from the first one on.</summary>
    /// <param name="start">The first node of the first stretch.</param>
    /// <param name="count">Number of stretches that follow each other.</param>
    /// <param name="found">Receives what they read from outside and their literals.</param>
    public int Matching(int start, int count, InstanceNumbers found)
    {
        var raw = trace.RawOperands;
        // What is new is compared with all before it, for all stretches at once; where that is too much, stretch by stretch in the end.
        _comparesPairs = outsideCount * (StretchesOfPair + count) <= 2 * StretchesOfPair * count;
        foreach (var check in checks)
        {
            count = Holding(check, raw[(2 * start + check.Place)..], 2 * length, start, count, found);
            if (count == 0)
                return 0;
        }
        foreach (var list in lists)
            for (var o = 1; o < list.Length; o++)
            {
                var operands = found.Operands.AsSpan(0, count);
                for (var i = 0; i < count; i++)
                    operands[i] = trace.OperandLists[raw[2 * (start + i * length) + list[0].Place] + o - 1];
                count = Holding(list[o], operands, 1, start, count, found);
                if (count == 0)
                    return 0;
            }
        return _comparesPairs ? count : found.AllDifferent(outsideCount, count);
    }

    /// <summary>In how many stretches, from the first one on, an operand comes from where it has to.</summary>
    private int Holding(BodyCheck check, ReadOnlySpan<int> operands, int stride, int start, int count, InstanceNumbers found)
    {
        switch (check.Source)
        {
            case OperandSource.Inside:
                for (int i = 0, at = 0, inside = start + check.Index; i < count; i++, at += stride, inside += length)
                    if (operands[at] != inside)
                        return i;
                return count;
            case OperandSource.NewOutside:
                return HoldingNew(check.Index, operands, stride, start, count, found);
            case OperandSource.SumSoFar:
                return HoldingSum(check.Index, operands, stride, start, count, found);
            case OperandSource.SameOutside:
                var column = found.Column(check.Index, count);
                for (int i = 0, at = 0; i < count; i++, at += stride)
                    if (operands[at] != column[i])
                        return i;
                return count;
            case OperandSource.Literal:
                var literals = found.Literals(check.Index, count);
                var kind = literalKinds[check.Index];
                for (int i = 0, at = 0; i < count; i++, at += stride)
                {
                    literals[i] = trace.Constants[operands[at]];
                    if (kind != AnyKind && KindOf(literals[i]) != kind)
                        return i;
                }
                return count;
            case OperandSource.OutsideLiteral:
                literals = found.Literals(check.Index, count);
                kind = literalKinds[check.Index];
                for (int i = 0, at = 0; i < count; i++, at += stride)
                {
                    if (operands[at] >= start + i * length || trace.Operations[operands[at]] != Op.Constant)
                        return i;
                    literals[i] = trace.ConstantOf(operands[at]);
                    if (kind != AnyKind && KindOf(literals[i]) != kind)
                        return i;
                }
                return count;
            default:
                for (int i = 0, at = 0; i < count; i++, at += stride)
                    if (operands[at] != check.Index)
                        return i;
                return count;
        }
    }

    /// <summary>The same for what is read from outside and is none of what was read there before.</summary>
    private int HoldingNew(int index, ReadOnlySpan<int> operands, int stride, int start, int count, InstanceNumbers found)
    {
        var column = found.Column(index, count);
        var operations = trace.Operations;
        for (int i = 0, at = 0; i < count; i++, at += stride)
        {
            var operand = operands[at];
            if (operand >= start + i * length || operations[operand] == Op.Constant)
            {
                count = i;
                break;
            }
            column[i] = operand;
        }
        for (var other = 0; _comparesPairs && other < index && count > 0; other++)
            count = DifferentUntil(found.Column(other, count), column, count);
        return count;
    }

    /// <summary>The same for a sum so far, of which several may start from 0.</summary>
    private int HoldingSum(int index, ReadOnlySpan<int> operands, int stride, int start, int count, InstanceNumbers found)
    {
        var column = found.Column(index, count);
        for (int i = 0, at = 0; i < count; i++, at += stride)
        {
            var operand = operands[at];
            var isZero = operand < start && CommonZero.IsZero(trace, operand);
            if (!isZero && (operand >= start + i * length || trace.Operations[operand] == Op.Constant))
            {
                count = i;
                break;
            }
            column[i] = isZero ? FromZero : operand;
        }
        for (var other = 0; _comparesPairs && other < index; other++)
        {
            var before = found.Column(other, count);
            for (var i = 0; i < count; i++)
                if (before[i] == column[i] && column[i] != FromZero)
                {
                    count = i;
                    break;
                }
        }
        return count;
    }

    /// <summary>The first place where two columns have the same number.</summary>
    private static int DifferentUntil(Span<int> a, Span<int> b, int count)
    {
        ref var first = ref MemoryMarshal.GetReference(a);
        ref var second = ref MemoryMarshal.GetReference(b);
        var i = 0;
        for (; i + Vector128<int>.Count <= count; i += Vector128<int>.Count)
            if (Vector128.EqualsAny(Vector128.LoadUnsafe(ref first, (nuint)i), Vector128.LoadUnsafe(ref second, (nuint)i)))
                break;
        while (i < count && a[i] != b[i])
            i++;
        return i;
    }
}

/// <summary>What some instances of a body read from outside and their literals, column by column.</summary>
internal sealed class InstanceNumbers
{
    /// <summary>Instances that are looked at together at most.</summary>
    public const int Most = 256;

    private int[] _columns = [];
    private double[] _literals = [];
    private long[] _seen = [];
    private uint _search;

    /// <summary>Room for an operand of each instance.</summary>
    public int[] Operands { get; } = new int[Most];

    /// <summary>Makes room.</summary>
    public void Reserve(int columns, int literals)
    {
        if (_columns.Length < columns * Most)
            _columns = new int[columns * Most];
        if (_literals.Length < literals * Most)
            _literals = new double[literals * Most];
    }

    /// <summary>What the instances read as something from outside.</summary>
    public Span<int> Column(int outside, int count) => _columns.AsSpan(outside * Most, count);

    /// <summary>How many instances, from the first one on, read something else in every column, but for <see cref="BodyChecks.FromZero"/>.</summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="count">Number of instances.</param>
    public int AllDifferent(int columns, int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * columns));
        if (_seen.Length < size)
            (_seen, _search) = (new long[size], 0);
        var (seen, shift) = (_seen, 32 - BitOperations.Log2((uint)_seen.Length));
        for (var i = 0; i < count; i++)
        {
            if (++_search == 0)
            {
                Array.Clear(seen);
                _search = 1;
            }
            for (var at = i; at < columns * Most; at += Most)
            {
                var node = _columns[at];
                if (node == BodyChecks.FromZero)
                    continue;
                var entry = ((long)_search << 32) | (uint)node;
                var place = (uint)node * 0x9E3779B1 >> shift;
                for (; (uint)(seen[place] >> 32) == _search; place = (place + 1) & (uint)(seen.Length - 1))
                    if (seen[place] == entry)
                        return i;
                seen[place] = entry;
            }
        }
        return count;
    }

    /// <summary>A literal of the instances.</summary>
    public Span<double> Literals(int literal, int count) => _literals.AsSpan(literal * Most, count);
}

/// <summary>Where an operand has to come from.</summary>
/// <param name="Place">Where it is written, in numbers from the first operand of the stretch.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Index">Which of them: a node of the body, something outside, a literal; or the number itself.</param>
internal readonly record struct BodyCheck(int Place, OperandSource Source, int Index);

/// <summary>The kinds of places that an operand comes from.</summary>
internal enum OperandSource : byte
{
    /// <summary>A node of the same stretch.</summary>
    Inside,

    /// <summary>A node before the stretch that no operand before this one is.</summary>
    NewOutside,

    /// <summary>A node before the stretch that an operand before this one is.</summary>
    SameOutside,

    /// <summary>A node before the stretch, or the literal 0, to which the stretch adds and which it then leaves to others.</summary>
    SumSoFar,

    /// <summary>No node, but the number of a literal.</summary>
    Literal,

    /// <summary>A literal before the stretch.</summary>
    OutsideLiteral,

    /// <summary>No node, but the length of a list.</summary>
    Length,
}
