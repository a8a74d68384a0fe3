using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling;

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

    private readonly Growing<Pattern> _patterns = new();
    private readonly Growing<int> _text = new(256);
    private readonly Growing<int> _operationStarts = new();

    // What corresponds to the leaves, operations and literals of a form.
    private int[] _nodes = new int[16];
    private double[] _literals = new double[16];

    /// <summary>Compares a region with a form.</summary>
    /// <param name="nodes">The trace's operations.</param>
    /// <param name="form">The form.</param>
    /// <param name="regions">All regions.</param>
    /// <param name="region">The region.</param>
    /// <param name="roots">Its outputs in the order of its form.</param>
    /// <param name="lists">Gets the leaves and the literals if it has the form.</param>
    public bool Matches(in NodeReader nodes, int form, Regions regions, int region, ReadOnlySpan<int> roots, InstanceLists lists)
    {
        // A pattern is written for what has occurred more than once: most of what does not repeat never needs one.
        if (roots.Length != forms.OutputCount(form) || forms.RegionCount(form) == 1)
            return false;
        ref readonly var pattern = ref PatternOf(form);
        if (!pattern.Exists || nodes.Operations[roots[0]] != pattern.FirstOperation || !IsEqual(in nodes, in pattern, regions, region, roots))
            return false;
        lists.AddLeaves(_nodes.AsSpan(0, pattern.LeafCount));
        if (pattern.LiteralCount > 0)
            lists.AddLiterals(_literals.AsSpan(0, pattern.LiteralCount));
        return true;
    }

    private bool IsEqual(in NodeReader nodes, in Pattern form, Regions regions, int region, ReadOnlySpan<int> roots)
    {
        var (known, kinds) = (_nodes, function.Kinds);
        ReadOnlySpan<int> pattern = _text.Items.AsSpan(form.Start, form.Length);
        var at = 0;
        seen.Clear();
        foreach (var root in roots)
        {
            known[pattern[at++]] = root;
            seen.Add(root, 0);
        }
        for (var k = form.LeafCount + form.OperationCount - 1; k >= form.LeafCount; k--)
        {
            var node = known[k];
            var operands = nodes.Operands(node);
            if (nodes.Operations[node] != (byte)pattern[at] || operands.Length != pattern[at] >> 8)
                return false;
            at++;
            foreach (var operand in operands)
            {
                var reference = pattern[at++];
                var kind = kinds[operand];
                if (FormReference.KindOf(reference) is FormReference.Literal or FormReference.Number)
                {
                    if (kind != NodeKind.Literal || !IsLiteralEqual(reference, operand, pattern, ref at))
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
                var isOperation = FormReference.KindOf(reference) == FormReference.Operation;
                if (kind == NodeKind.Literal || isOperation != (kind == NodeKind.Kernel && regions.Computes(region, operand)) || !seen.TryAdd(operand))
                    return false;
                counterpart = operand;
            }
        }
        return true;
    }

    /// <summary>Compares a literal with one whose value belongs to the form, or takes it as one of the region's own.</summary>
    private bool IsLiteralEqual(int reference, int node, ReadOnlySpan<int> pattern, ref int at)
    {
        var value = function.LiteralOf(node);
        if (FormReference.KindOf(reference) == FormReference.Number)
            return BitConverter.DoubleToInt64Bits(value) == FormReference.NumberAt(pattern, ref at);
        _literals[reference >> Shift] = value;
        return true;
    }

    private ref readonly Pattern PatternOf(int form)
    {
        while (_patterns.Count <= form)
            _patterns.Add(default);
        ref var pattern = ref _patterns[form];
        if (!pattern.IsKnown)
        {
            pattern.IsKnown = true;
            if (HasPattern(form))
                pattern = Write(form);
        }
        return ref pattern;
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
    private Pattern Write(int form)
    {
        var text = forms.Text(form);
        var start = _text.Count;
        var (leafCount, operationCount) = (forms.LeafCount(form), forms.OperationCount(form));
        if (_nodes.Length < leafCount + operationCount)
            _nodes = new int[Math.Max(2 * _nodes.Length, leafCount + operationCount)];
        if (_literals.Length < forms.LiteralCount(form))
            _literals = new double[Math.Max(2 * _literals.Length, forms.LiteralCount(form))];
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
        return new Pattern
        {
            IsKnown = true,
            Exists = true,
            Start = start,
            Length = _text.Count - start,
            FirstOperation = (byte)text[_operationStarts[text[_operationStarts[operationCount]]]],
            LeafCount = leafCount,
            LiteralCount = forms.LiteralCount(form),
            OperationCount = operationCount,
        };
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

    /// <summary>Where the pattern of a form is, if it was asked for and there is one.</summary>
    private struct Pattern
    {
        public bool IsKnown;
        public bool Exists;

        /// <summary>The operation of the first output.</summary>
        public byte FirstOperation;

        public int Start;
        public int Length;
        public int LeafCount;
        public int LiteralCount;
        public int OperationCount;
    }
}
