using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// Stretches of a recording that perform the same operations on operands in the same places: inside the stretch at the same distance, or from outside. What
/// they read from outside is in columns, a number for each instance; nodes that differ in one instance differ in all of them.
/// </summary>
internal sealed class BodyShape
{
    private enum Source : byte
    {
        Inside,
        NewOutside,
        SameOutside,
        Literal,
        OutsideLiteral,
        Length,
    }

    private readonly Trace _trace;
    private readonly Check[] _checks;
    private readonly Check[][] _lists;
    private readonly int[] _read;
    private readonly double[] _literals;
    private readonly int[] _literalKinds;

    private BodyShape(Trace trace, int length, BodyNode[] nodes, Check[] checks, Check[][] lists, int outsideCount, int[] literalKinds)
    {
        (_trace, Length, Nodes, _checks, _lists) = (trace, length, nodes, checks, lists);
        _read = new int[outsideCount];
        _literals = new double[literalKinds.Length];
        _literalKinds = literalKinds;
        Outside = new Growing<int>[outsideCount];
        for (var k = 0; k < outsideCount; k++)
            Outside[k] = new Growing<int>(4);
        Literals = new LiteralColumn[literalKinds.Length];
        for (var k = 0; k < literalKinds.Length; k++)
            Literals[k] = new LiteralColumn();
    }

    /// <summary>Numbers that are the same for equal shapes only.</summary>
    public int[] Key { get; set; } = [];

    /// <summary>Its number among the shapes of the recording.</summary>
    public int Index { get; init; }

    /// <summary>Nodes of a stretch, its literals included.</summary>
    public int Length { get; }

    /// <summary>The nodes in recorded order, then the literals that are recorded outside.</summary>
    public BodyNode[] Nodes { get; }

    /// <summary>For everything that is read from outside the node of each instance.</summary>
    public Growing<int>[] Outside { get; }

    public LiteralColumn[] Literals { get; }

    /// <summary>Number of instances.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the stretch that starts at a node and has the same operations, if its operands are in the same places.</summary>
    public bool TryAdd(int start)
    {
        var raw = _trace.RawOperands;
        var (read, found) = (_read, 0);
        foreach (var check in _checks)
            if (!Holds(check, raw[2 * start + check.Place], start, read, ref found))
                return false;
        for (var k = 0; k < _lists.Length; k++)
        {
            var list = _lists[k];
            // The first check says where the list is.
            var operands = _trace.OperandLists[raw[2 * start + list[0].Place]..];
            for (var o = 1; o < list.Length; o++)
                if (!Holds(list[o], operands[o - 1], start, read, ref found))
                    return false;
        }
        for (var k = 0; k < read.Length; k++)
            Outside[k].Add(read[k]);
        for (var k = 0; k < _literals.Length; k++)
            Literals[k].Add(_literals[k]);
        Count++;
        return true;
    }

    /// <summary>Literals of which operations become simpler are a part of the shape.</summary>
    private static int KindOf(double literal) => literal switch
    {
        0 => double.IsNegative(literal) ? 1 : 2,
        1 => 3,
        -1 => 4,
        _ => 0,
    };

    private bool Holds(Check check, int operand, int start, int[] read, ref int found)
    {
        switch (check.Source)
        {
            case Source.Inside:
                return operand == start + check.Index;
            case Source.NewOutside:
                if (operand >= start || _trace.Operations[operand] == Op.Constant || read.AsSpan(0, found).Contains(operand))
                    return false;
                read[found++] = operand;
                return true;
            case Source.SameOutside:
                return read[check.Index] == operand;
            case Source.Literal:
                _literals[check.Index] = _trace.Constants[operand];
                return KindOf(_trace.Constants[operand]) == _literalKinds[check.Index];
            case Source.OutsideLiteral:
                if (operand >= start || _trace.Operations[operand] != Op.Constant)
                    return false;
                _literals[check.Index] = _trace.ConstantOf(operand);
                return KindOf(_literals[check.Index]) == _literalKinds[check.Index];
            default:
                return operand == check.Index;
        }
    }

    /// <summary>Writes down the shape of a stretch.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="start">Its first node.</param>
    /// <param name="length">Its nodes.</param>
    /// <param name="index">The number of the shape.</param>
    /// <param name="mostOutside">The most different nodes that it may read from outside.</param>
    /// <param name="key">Receives numbers that are the same for equal shapes only.</param>
    /// <returns>The shape, without instances; null where it has operations that kernels do not have, or reads too much.</returns>
    public static BodyShape? Of(Trace trace, int start, int length, int index, int mostOutside, Growing<int> key)
    {
        var nodes = new NodeReader(trace);
        var (body, outsideLiterals, checks) = (new Growing<BodyNode>(length), new Growing<BodyNode>(), new Growing<Check>(2 * length));
        var lists = new List<Check[]>();
        var numbers = new Dictionary<int, int>();
        var literalKinds = new List<int>();
        key.Clear();
        // Lists are compared after everything else, so what only they read is numbered last.
        var listed = new List<int>();
        for (var k = 0; k < length; k++)
        {
            var node = start + k;
            var operation = nodes.Operations[node];
            key.Add(operation);
            if (operation == Op.Constant)
            {
                checks.Add(new Check(2 * k, Source.Literal, literalKinds.Count));
                body.Add(new BodyNode(operation, [literalKinds.Count]));
                literalKinds.Add(KindOf(trace.ConstantOf(node)));
                key.Add(literalKinds[^1]);
                continue;
            }
            if (Primitives.Primitive.ArityOf(operation) == Primitives.Arity.Parametric)
                return null;
            var operands = nodes.Operands(node);
            var references = new int[operands.Length];
            if (NodeReader.IsListed(operation))
            {
                key.Add(operands.Length);
                checks.Add(new Check(2 * k + 1, Source.Length, operands.Length));
                var list = new Check[operands.Length + 1];
                list[0] = new Check(2 * k, Source.Length, 0);
                lists.Add(list);
                listed.Add(k);
            }
            else
                for (var o = 0; o < references.Length; o++)
                    references[o] = Refer(operands[o], 2 * k + o, out _);
            if (!NodeReader.IsListed(operation))
                for (var o = 0; o < references.Length; o++)
                    key.Add(references[o]);
            body.Add(new BodyNode(operation, references));
            if (numbers.Count > mostOutside)
                return null;
        }
        for (var which = 0; which < listed.Count; which++)
        {
            var (references, list) = (body[listed[which]].Operands, lists[which]);
            var operands = nodes.Operands(start + listed[which]);
            if (operands.Length > mostOutside)
                return null;
            for (var o = 0; o < references.Length; o++)
            {
                references[o] = Refer(operands[o], -1, out list[o + 1]);
                key.Add(references[o]);
            }
            if (numbers.Count > mostOutside)
                return null;
        }
        foreach (var literal in outsideLiterals)
            body.Add(literal);
        return new BodyShape(trace, length, body.ToArray(), checks.ToArray(), [.. lists], numbers.Count, [.. literalKinds]) { Index = index };

        int Refer(int operand, int place, out Check check)
        {
            int reference;
            if (operand >= start)
                (reference, check) = (operand - start, new Check(place, Source.Inside, operand - start));
            else if (trace.Operations[operand] == Op.Constant)
            {
                (reference, check) = (length + outsideLiterals.Count, new Check(place, Source.OutsideLiteral, literalKinds.Count));
                outsideLiterals.Add(new BodyNode(Op.Constant, [literalKinds.Count]));
                literalKinds.Add(KindOf(trace.ConstantOf(operand)));
                key.Add(literalKinds[^1]);
            }
            else
            {
                var isNew = numbers.TryAdd(operand, numbers.Count);
                (reference, check) = (~numbers[operand], new Check(place, isNew ? Source.NewOutside : Source.SameOutside, numbers[operand]));
            }
            if (place >= 0)
                checks.Add(check);
            return reference;
        }
    }

    /// <summary>Where an operand has to come from.</summary>
    /// <param name="Place">Where it is written, in numbers from the first operand of the stretch.</param>
    /// <param name="Source">Where it comes from.</param>
    /// <param name="Index">Which of them: a node of the body, something outside, a literal.</param>
    private readonly record struct Check(int Place, Source Source, int Index);
}
