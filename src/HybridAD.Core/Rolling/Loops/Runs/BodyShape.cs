using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// Stretches of a recording that perform the same operations on operands in the same places: inside the stretch at the same distance, or from outside. What
/// they read from outside is in columns, a number for each instance; nodes that differ in one instance differ in all of them.
/// </summary>
internal sealed class BodyShape
{
    /// <summary>Stretches that are looked at together at first.</summary>
    private const int FewestTogether = 8;

    /// <summary>Nodes that are looked at together at most, so that they are still in the cache when the next operand of all of them is read.</summary>
    private const int CachedNodes = 8192;

    /// <summary>A run of which some instances were found is taken to have so many times as many more.</summary>
    private const int LikelyGrowth = 8;

    private readonly BodyChecks _checks;

    private readonly int _outsideCount;
    private readonly int _literalCount;

    private BodyShape(int length, BodyNode[] nodes, BodyChecks checks, int outsideCount, int literalCount) =>
        (Length, Nodes, _checks, _outsideCount, _literalCount) = (length, nodes, checks, outsideCount, literalCount);

    /// <summary>Numbers that are the same for equal shapes only.</summary>
    public int[] Key { get; set; } = [];

    /// <summary>Its number among the shapes of the recording.</summary>
    public int Index { get; init; }

    /// <summary>Nodes of a stretch, its literals included.</summary>
    public int Length { get; }

    /// <summary>The nodes in recorded order, then the literals that are recorded outside.</summary>
    public BodyNode[] Nodes { get; }

    /// <summary>For everything that is read from outside the node of each instance.</summary>
    public Growing<int>[] Outside { get; private set; } = [];

    /// <summary>Every literal in all instances.</summary>
    public LiteralColumn[] Literals { get; private set; } = [];

    /// <summary>The first node of the stretch whose shape was written down.</summary>
    public int FirstNode { get; init; }

    /// <summary>Number of instances.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for instances. Most shapes that are written down turn out to be known, and need none.</summary>
    public void Open()
    {
        Outside = new Growing<int>[_outsideCount];
        for (var k = 0; k < Outside.Length; k++)
            Outside[k] = new Growing<int>(4);
        Literals = new LiteralColumn[_literalCount];
        for (var k = 0; k < Literals.Length; k++)
            Literals[k] = new LiteralColumn();
    }

    /// <summary>Adds stretches that follow each other and have the same operations, as long as their operands are in the same places.</summary>
    /// <param name="start">The first node of the first.</param>
    /// <param name="most">How many there are.</param>
    /// <param name="found">Room for their numbers.</param>
    /// <returns>How many were added.</returns>
    public int AddRun(int start, int most, InstanceNumbers found)
    {
        found.Reserve(Outside.Length, Literals.Length);
        // A run may end soon, and then little has been looked at in vain.
        var together = FewestTogether;
        for (var added = 0; added < most;)
        {
            var count = Math.Min(most - added, together);
            together = Math.Clamp(2 * together, FewestTogether, Math.Clamp(CachedNodes / Length, FewestTogether, InstanceNumbers.Most));
            var matching = _checks.Matching(start + added * Length, count, found);
            // A run that has come far mostly reaches its end, and then the numbers are where they stay.
            var likely = Count + Math.Max(matching, Math.Min(most - added, LikelyGrowth * (Count + matching)));
            for (var k = 0; k < Outside.Length; k++)
            {
                if (Outside[k].Items.Length < Count + matching)
                    Outside[k].Reserve(likely);
                Outside[k].AddRange(found.Column(k, matching));
            }
            for (var k = 0; k < Literals.Length; k++)
                Literals[k].AddRange(found.Literals(k, matching));
            (Count, added) = (Count + matching, added + matching);
            if (matching < count)
                return added;
        }
        return most;
    }

    /// <summary>Writes down the shape of a stretch.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="start">Its first node.</param>
    /// <param name="length">Its nodes.</param>
    /// <param name="index">The number of the shape.</param>
    /// <param name="mostOutside">The most different nodes that it may read from outside.</param>
    /// <param name="mixesLiterals">Whether literals that are only calculated with may be 0 or ±1 in some instances and not in others.</param>
    /// <param name="key">Receives numbers that are the same for equal shapes only.</param>
    /// <returns>The shape, without instances; null where it has operations that kernels do not have, or reads too much.</returns>
    public static BodyShape? Of(Trace trace, int start, int length, int index, int mostOutside, bool mixesLiterals, Growing<int> key)
    {
        var nodes = new NodeReader(trace);
        var (body, outsideLiterals, checks) = (new Growing<BodyNode>(length), new Growing<BodyNode>(), new Growing<BodyCheck>(2 * length));
        var lists = new List<BodyCheck[]>();
        var numbers = new Dictionary<int, int>();
        var literalKinds = new List<int>();
        key.Clear();
        var isMixed = mixesLiterals ? CalculatedWith(nodes, start, length) : [];
        var isSum = mixesLiterals ? Sums(nodes, start, length) : [];
        // Lists are compared after everything else, so what only they read is numbered last.
        var listed = new List<int>();
        for (var k = 0; k < length; k++)
        {
            var node = start + k;
            var operation = nodes.Operations[node];
            key.Add(operation);
            if (operation == Op.Constant)
            {
                checks.Add(new BodyCheck(2 * k, OperandSource.Literal, literalKinds.Count));
                body.Add(new BodyNode(operation, [literalKinds.Count]));
                literalKinds.Add(mixesLiterals && isMixed[k] ? BodyChecks.AnyKind : BodyChecks.KindOf(trace.ConstantOf(node)));
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
                checks.Add(new BodyCheck(2 * k + 1, OperandSource.Length, operands.Length));
                var list = new BodyCheck[operands.Length + 1];
                list[0] = new BodyCheck(2 * k, OperandSource.Length, 0);
                lists.Add(list);
                listed.Add(k);
            }
            else
                for (var o = 0; o < references.Length; o++)
                    references[o] = Refer(operands[o], node, 2 * k + o, out _);
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
                references[o] = Refer(operands[o], start + listed[which], -1, out list[o + 1]);
                key.Add(references[o]);
            }
            if (numbers.Count > mostOutside)
                return null;
        }
        foreach (var literal in outsideLiterals)
            body.Add(literal);
        return new BodyShape(length, body.ToArray(), new BodyChecks(trace, length, checks.ToArray(), [.. lists], [.. literalKinds], numbers.Count), numbers.Count, literalKinds.Count) { Index = index, FirstNode = start };

        int Refer(int operand, int by, int place, out BodyCheck check)
        {
            int reference;
            if (operand >= start)
                (reference, check) = (operand - start, new BodyCheck(place, OperandSource.Inside, operand - start));
            else if (mixesLiterals && place >= 0 && isSum[by - start] && place % 2 <= (nodes.Operations[by] == Op.Add ? 1 : 0) && (CommonZero.IsZero(trace, operand) || (trace.Operations[operand] != Op.Constant && !numbers.ContainsKey(operand))))
            {
                var number = numbers.Count;
                // A zero is not the same as another one.
                numbers.Add(CommonZero.IsZero(trace, operand) ? ~number : operand, number);
                (reference, check) = (~number, new BodyCheck(place, OperandSource.SumSoFar, number));
            }
            else if (trace.Operations[operand] == Op.Constant)
            {
                (reference, check) = (length + outsideLiterals.Count, new BodyCheck(place, OperandSource.OutsideLiteral, literalKinds.Count));
                outsideLiterals.Add(new BodyNode(Op.Constant, [literalKinds.Count]));
                literalKinds.Add(mixesLiterals && IsArithmetic(nodes.Operations[by]) ? BodyChecks.AnyKind : BodyChecks.KindOf(trace.ConstantOf(operand)));
                key.Add(literalKinds[^1]);
            }
            else
            {
                var isNew = numbers.TryAdd(operand, numbers.Count);
                (reference, check) = (~numbers[operand], new BodyCheck(place, isNew ? OperandSource.NewOutside : OperandSource.SameOutside, numbers[operand]));
            }
            if (place >= 0)
                checks.Add(check);
            return reference;
        }
    }

    /// <summary>Which literals of a stretch nothing in it does but calculate with.</summary>
    private static bool[] CalculatedWith(NodeReader nodes, int start, int length)
    {
        var are = new bool[length];
        Array.Fill(are, true);
        for (var node = start; node < start + length; node++)
            if (nodes.Operations[node] > Op.Constant && !IsArithmetic(nodes.Operations[node]))
                foreach (var operand in nodes.Operands(node))
                    if (operand >= start)
                        are[operand - start] = false;
        return are;
    }

    /// <summary>Which operations of a stretch are additions to what has been added up before, whose results nothing in it does but add to.</summary>
    private static bool[] Sums(NodeReader nodes, int start, int length)
    {
        var are = new bool[length];
        Array.Fill(are, true);
        for (var node = start + length - 1; node >= start; node--)
        {
            are[node - start] &= nodes.Operations[node] is Op.Add or Op.Sub;
            if (nodes.Operations[node] > Op.Constant)
                foreach (var operand in nodes.Operands(node))
                    if (operand >= start)
                        are[operand - start] &= are[node - start];
        }
        return are;
    }

    private static bool IsArithmetic(byte operation) => operation is Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Sum;
}
