using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;

namespace HybridAD.Rolling.Forms;

/// <summary>
/// Compares regions with forms that are known already, from the outputs down, without writing them: neighbours mostly have the same form. What is found equal has the
/// same form for certain: operations and leaves of the form and of the region correspond one to one.
/// </summary>
internal sealed class FormPatterns(LiveFunction function, FormTable forms, NodeMarks seen)
{
    // A reference of a pattern is that of the form, of which the first to each leaf and operation, seen from the outputs, has this bit as well. Operations are numbered
    // after the leaves, and literals by themselves.
    private const int First = 4;
    private const int Shift = 3;

    // In a form's text, how many outputs and the operation come before the first operand.
    private const int FirstReference = 2;

    private const int ShapeCount = 256;
    private const int None = -1;

    /// <summary>Most leaves, and most operations, that are compared with each other one by one.</summary>
    private const int MostCompared = 4;

    private readonly Growing<Pattern> _patterns = new(function.Scratch.Patterns);
    private readonly Growing<int> _text = new(function.Scratch.Ints, 256);
    private readonly Growing<int> _operationStarts = new(function.Scratch.Ints);

    // The latest form of a shape, plus one, at the last digits of the shape.
    private readonly int[] _latest = function.Scratch.Ints.RentCleared(ShapeCount);
    private int _previous = None;

    /// <summary>
    /// The form of a region if it is one that it may be expected to have: the one that came after the form of the region before it the last time, or the latest one of
    /// its shape. Otherwise −1.
    /// </summary>
    /// <param name="nodes">The trace's operations.</param>
    /// <param name="reader">What regions compute.</param>
    /// <param name="shape">The shape of the region's first output.</param>
    /// <param name="region">The region.</param>
    /// <param name="roots">Its outputs in the order of its form.</param>
    /// <param name="lists">Gets the leaves and the literals if a form is found.</param>
    public int Find(in NodeReader nodes, in RegionReader reader, uint shape, int region, ReadOnlySpan<int> roots, InstanceLists lists)
    {
        var following = _previous == None ? None : _patterns.Items[_previous].Next;
        if (following != None)
        {
            if (_patterns.Items[following].Shape != shape)
                following = None;
            else if (Matches(in nodes, following, in reader, region, roots, lists))
                return following;
        }
        var latest = _latest[shape % ShapeCount] - 1;
        return latest != None && latest != following && Matches(in nodes, latest, in reader, region, roots, lists) ? latest : None;
    }

    /// <summary>Says what form and shape a region turned out to have.</summary>
    public void Learn(int form, uint shape)
    {
        if (form == _patterns.Count)
            _patterns.Add(new Pattern { Shape = shape, Next = None });
        if (_previous != None)
            _patterns.Items[_previous].Next = form;
        _latest[shape % ShapeCount] = form + 1;
        _previous = form;
    }

    private bool Matches(in NodeReader nodes, int form, in RegionReader reader, int region, ReadOnlySpan<int> roots, InstanceLists lists)
    {
        ref var pattern = ref _patterns.Items[form];
        if (!pattern.Exists)
        {
            // A pattern is written for what has occurred more than once: most of what does not repeat never needs one.
            if (pattern.IsKnown || roots.Length != forms.OutputCount(form) || forms.RegionCount(form) == 1)
                return false;
            pattern.IsKnown = true;
            if (!HasPattern(form))
                return false;
            Write(form, ref pattern);
        }
        if (roots.Length != pattern.OutputCount || nodes.Operations[roots[0]] != pattern.FirstOperation)
            return false;
        if (pattern.Only != Operands.Others)
            return IsEqual(in nodes, in pattern, in reader, region, roots[0], lists);
        // The operations stand after the leaves until they have been compared.
        var known = lists.RoomForLeaves(pattern.LeafCount + pattern.OperationCount);
        var literals = pattern.LiteralCount > 0 ? lists.RoomForLiterals(pattern.LiteralCount) : default;
        if (IsEqual(in nodes, in pattern, in reader, region, roots, known, literals))
        {
            lists.KeepLeaves(pattern.LeafCount);
            return true;
        }
        lists.KeepLeaves(0);
        lists.DropLiterals();
        return false;
    }

    /// <summary>Compares what is one operation in the form and is the same operation here.</summary>
    private bool IsEqual(in NodeReader nodes, in Pattern form, in RegionReader reader, int region, int node, InstanceLists lists)
    {
        var first = nodes.First(node);
        switch (form.Only)
        {
            case Operands.Leaf:
                if (!IsLeaf(in reader, region, first))
                    return false;
                lists.AddLeaf(first);
                return true;
            case Operands.LeafTwice:
                if (first != nodes.Second(node) || !IsLeaf(in reader, region, first))
                    return false;
                lists.AddLeaf(first);
                return true;
            case Operands.Leaves:
                var second = nodes.Second(node);
                if (first == second || !IsLeaf(in reader, region, first) || !IsLeaf(in reader, region, second))
                    return false;
                lists.AddLeaf(first);
                lists.AddLeaf(second);
                return true;
            case Operands.LeafAndNumber:
                var number = nodes.Second(node);
                if (function.Kinds[number] != NodeKind.Literal || BitConverter.DoubleToInt64Bits(LiteralOf(in nodes, number)) != form.Number || !IsLeaf(in reader, region, first))
                    return false;
                lists.AddLeaf(first);
                return true;
            default:
                var (literal, leaf) = form.Only == Operands.LiteralAndLeaf ? (first, nodes.Second(node)) : (nodes.Second(node), first);
                if (function.Kinds[literal] != NodeKind.Literal || !IsLeaf(in reader, region, leaf))
                    return false;
                lists.AddLeaf(leaf);
                lists.AddLiteral(LiteralOf(in nodes, literal));
                return true;
        }
    }

    private double LiteralOf(in NodeReader nodes, int node) => nodes.IsConstant(node) ? nodes.ConstantOf(node) : function.LiteralOf(node);

    /// <summary>Whether a region reads an operand from a slot.</summary>
    private bool IsLeaf(in RegionReader reader, int region, int operand) =>
        function.Kinds[operand] is var kind && kind != NodeKind.Literal && !(kind == NodeKind.Kernel && reader.Computes(region, operand));

    private bool IsEqual(
        in NodeReader nodes, in Pattern form, in RegionReader reader, int region, ReadOnlySpan<int> roots, Span<int> known, Span<double> literals)
    {
        var (kinds, leafCount, isShort) = (function.Kinds, form.LeafCount, form.IsShort);
        ReadOnlySpan<int> pattern = _text.Items.AsSpan(form.Start, form.Length);
        var at = 0;
        if (!isShort)
            seen.Clear();
        foreach (var root in roots)
        {
            known[pattern[at++]] = root;
            if (!isShort)
                seen.Add(root, 0);
        }
        for (var k = known.Length - 1; k >= leafCount; k--)
        {
            var node = known[k];
            var operands = nodes.Operands(node);
            var operation = pattern[at++];
            if (nodes.Operations[node] != (byte)operation || operands.Length != operation >> 8)
                return false;
            foreach (var operand in operands)
            {
                var reference = pattern[at++];
                var expected = FormReference.KindOf(reference);
                if (expected is FormReference.Literal or FormReference.Number)
                {
                    if (kinds[operand] != NodeKind.Literal)
                        return false;
                    var value = LiteralOf(in nodes, operand);
                    if (expected == FormReference.Literal)
                        literals[reference >> Shift] = value;
                    else if (BitConverter.DoubleToInt64Bits(value) != FormReference.NumberAt(pattern, ref at))
                        return false;
                    continue;
                }
                ref var counterpart = ref known[reference >> Shift];
                if ((reference & First) == 0)
                {
                    if (counterpart != operand)
                        return false;
                    continue;
                }
                var kind = kinds[operand];
                var isOperation = kind == NodeKind.Kernel && reader.Computes(region, operand);
                if (kind == NodeKind.Literal || (expected == FormReference.Operation) != isOperation || (!isShort && !seen.TryAdd(operand)))
                    return false;
                counterpart = operand;
            }
        }
        return !isShort || ((leafCount < 2 || AreDistinct(known[..leafCount])) && (form.OperationCount < 2 || AreDistinct(known[leafCount..])));
    }

    /// <summary>Whether a few nodes are all different. Leaves and operations always are.</summary>
    private static bool AreDistinct(ReadOnlySpan<int> nodes)
    {
        for (var k = 1; k < nodes.Length; k++)
            for (var other = 0; other < k; other++)
                if (nodes[k] == nodes[other])
                    return false;
        return true;
    }

    /// <summary>Sums of runs are not in the trace, parameters of operations are rare, and what is unique has no text.</summary>
    private bool HasPattern(int form)
    {
        var text = forms.Text(form);
        if (forms.HasRuns(form) || text.IsEmpty)
            return false;
        _operationStarts.Clear();
        var at = 1;
        for (var k = 0; k < forms.OperationCount(form); k++)
        {
            _operationStarts.Add(at);
            var operation = (byte)text[at++];
            if (Primitive.ArityOf(operation) == Arity.Parametric)
                return false;
            for (var count = OperandCount(text, operation, ref at); count > 0; count--)
                if (FormReference.KindOf(text[at++]) == FormReference.Number)
                    at += 2;
        }
        _operationStarts.Add(at);
        return true;
    }

    private static int OperandCount(ReadOnlySpan<int> text, byte operation, ref int at) => Primitive.ArityOf(operation) switch
    {
        Arity.Unary => 1,
        Arity.Binary => 2,
        _ => text[at++],
    };

    /// <summary>Writes the operations of a form from the last to the first.</summary>
    private void Write(int form, ref Pattern pattern)
    {
        var text = forms.Text(form);
        var start = _text.Count;
        var (leafCount, operationCount) = (forms.LeafCount(form), forms.OperationCount(form));
        var knownOperations = new bool[operationCount];
        var knownLeaves = new bool[leafCount];
        foreach (var output in text[_operationStarts[operationCount]..])
        {
            _text.Add(leafCount + output);
            knownOperations[output] = true;
        }
        var literal = forms.LiteralCount(form);
        for (var k = operationCount - 1; k >= 0; k--)
        {
            var at = _operationStarts[k];
            var operation = (byte)text[at++];
            var count = OperandCount(text, operation, ref at);
            _text.Add(count << 8 | operation);
            var references = text[at.._operationStarts[k + 1]];
            literal -= LiteralsAmong(references, count);
            var next = literal;
            for (var o = 0; o < references.Length; o++)
            {
                var kind = FormReference.KindOf(references[o]);
                if (kind == FormReference.Number)
                {
                    _text.AddRange(references.Slice(o, 3));
                    o += 2;
                    continue;
                }
                var index = kind == FormReference.Literal ? next++ : FormReference.IndexOf(references[o]);
                var isFirst = false;
                if (kind != FormReference.Literal)
                {
                    ref var known = ref (kind == FormReference.Operation ? knownOperations : knownLeaves)[index];
                    (isFirst, known) = (!known, true);
                }
                var place = kind == FormReference.Operation ? leafCount + index : index;
                _text.Add((place << Shift) | (isFirst ? First : 0) | kind);
            }
        }
        var only = operationCount == 1 ? OperandsOf(text) : Operands.Others;
        pattern = pattern with
        {
            Exists = true,
            Only = only,
            Number = only == Operands.LeafAndNumber ? NumberOf(text) : 0,
            IsShort = leafCount <= MostCompared && operationCount <= MostCompared,
            FirstOperation = (byte)text[_operationStarts[text[_operationStarts[operationCount]]]],
            Start = start,
            Length = _text.Count - start,
            OutputCount = forms.OutputCount(form),
            LeafCount = leafCount,
            LiteralCount = forms.LiteralCount(form),
            OperationCount = operationCount,
        };
    }

    /// <summary>What the only operation of a form reads.</summary>
    private static Operands OperandsOf(ReadOnlySpan<int> text)
    {
        var references = text[FirstReference..];
        switch (Primitive.ArityOf((byte)text[1]))
        {
            case Arity.Unary:
                return Operands.Leaf;
            case Arity.Binary:
                return (FormReference.KindOf(references[0]), FormReference.KindOf(references[1])) switch
                {
                    (FormReference.Leaf, FormReference.Leaf) => references[0] == references[1] ? Operands.LeafTwice : Operands.Leaves,
                    (FormReference.Literal, FormReference.Leaf) => Operands.LiteralAndLeaf,
                    (FormReference.Leaf, FormReference.Literal) => Operands.LeafAndLiteral,
                    (FormReference.Leaf, FormReference.Number) => Operands.LeafAndNumber,
                    _ => Operands.Others,
                };
            default:
                return Operands.Others;
        }
    }

    /// <summary>The bits of the number that is the second operand of the only operation.</summary>
    private static long NumberOf(ReadOnlySpan<int> text)
    {
        var at = FirstReference + 2;
        return FormReference.NumberAt(text, ref at);
    }

    private static int LiteralsAmong(ReadOnlySpan<int> references, int count)
    {
        var literals = 0;
        for (var (k, at) = (0, 0); k < count; k++)
            if (FormReference.KindOf(references[at++]) is var kind && kind == FormReference.Number)
                at += 2;
            else if (kind == FormReference.Literal)
                literals++;
        return literals;
    }

    /// <summary>The operands of an operation that is all of a form. Most forms are one operation, which is compared in no time.</summary>
    internal enum Operands : byte
    {
        /// <summary>Anything else, or several operations.</summary>
        Others,
        Leaf,
        LeafTwice,
        Leaves,
        LiteralAndLeaf,
        LeafAndLiteral,

        /// <summary>The second operand is a number that belongs to the form.</summary>
        LeafAndNumber,
    }

    /// <summary>What followed a form, and where its pattern is, if it was asked for and there is one.</summary>
    internal struct Pattern
    {
        /// <summary>The shape of the form's first region.</summary>
        public uint Shape;

        /// <summary>The form that came after it the last time.</summary>
        public int Next;

        public bool IsKnown;
        public bool Exists;

        /// <summary>What the form's operation reads if it has only one.</summary>
        public Operands Only;

        /// <summary>Whether there is so little that it is compared with each other one by one.</summary>
        public bool IsShort;

        /// <summary>The operation of the first output.</summary>
        public byte FirstOperation;

        /// <summary>The bits of the second operand where it belongs to the form and there is only one operation.</summary>
        public long Number;

        public int Start;
        public int Length;
        public int OutputCount;
        public int LeafCount;
        public int LiteralCount;
        public int OperationCount;
    }
}
