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
    private const int None = -1;

    // A reference of a pattern is that of the form, of which the first to each leaf and operation, seen from the outputs, has this bit as well; that of a literal says which one it is.
    private const int First = 4;
    private const int Shift = 3;

    // Of every form whose pattern was asked for, where it starts, plus one; None where it has none.
    private readonly Growing<int> _starts = new();
    private readonly Growing<int> _text = new(256);
    private readonly Growing<int> _operationStarts = new();
    private int[] _nodes = new int[16];

    /// <summary>Compares a region with a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="regions">All regions.</param>
    /// <param name="region">The region.</param>
    /// <param name="roots">Its outputs in the order of its form.</param>
    /// <param name="lists">Gets the leaves and the literals if it has the form.</param>
    public bool Matches(int form, Regions regions, int region, ReadOnlySpan<int> roots, InstanceLists lists)
    {
        // A pattern is written for what has occurred more than once: most of what does not repeat never needs one.
        if (roots.Length != forms.OutputCount(form) || forms.RegionCount(form) == 1 || PatternOf(form) is var start && start == None)
            return false;
        if (IsEqual(form, start, regions, region, roots, lists.ExtendLeaves(forms.LeafCount(form)), lists.ExtendLiterals(forms.LiteralCount(form))))
            return true;
        lists.DropOperands();
        return false;
    }

    private bool IsEqual(int form, int start, Regions regions, int region, ReadOnlySpan<int> roots, Span<int> leaves, Span<double> literals)
    {
        var nodes = new NodeReader(function.Trace);
        var kinds = function.Kinds;
        var operations = _nodes.AsSpan(0, forms.OperationCount(form));
        ReadOnlySpan<int> pattern = _text.Items.AsSpan(start, _text.Count - start);
        var at = 0;
        seen.Clear();
        foreach (var root in roots)
        {
            operations[pattern[at++]] = root;
            seen.Add(root, 0);
        }
        for (var k = operations.Length - 1; k >= 0; k--)
        {
            var node = operations[k];
            var operands = nodes.Operands(node);
            if (nodes.Operations[node] != pattern[at] || operands.Length != pattern[at + 1])
                return false;
            at += 2;
            foreach (var operand in operands)
            {
                var reference = pattern[at++];
                var place = reference >> Shift;
                if (FormReference.KindOf(reference) is FormReference.Literal or FormReference.Number)
                {
                    if (kinds[operand] != NodeKind.Literal)
                        return false;
                    var value = function.LiteralOf(operand);
                    if (FormReference.KindOf(reference) == FormReference.Literal)
                        literals[place] = value;
                    else if (BitConverter.DoubleToInt64Bits(value) != FormReference.NumberAt(pattern, ref at))
                        return false;
                    continue;
                }
                var isOperation = FormReference.KindOf(reference) == FormReference.Operation;
                ref var counterpart = ref (isOperation ? operations : leaves)[place];
                if ((reference & First) == 0)
                {
                    if (counterpart != operand)
                        return false;
                    continue;
                }
                if (kinds[operand] == NodeKind.Literal || seen.Contains(operand) || isOperation != (kinds[operand] == NodeKind.Kernel && regions.Computes(region, operand)))
                    return false;
                seen.Add(operand, 0);
                counterpart = operand;
            }
        }
        return true;
    }

    private int PatternOf(int form)
    {
        while (_starts.Count <= form)
            _starts.Add(0);
        if (_starts.Items[form] == 0)
            _starts.Items[form] = HasPattern(form) ? Write(form) + 1 : None;
        return _starts.Items[form] == None ? None : _starts.Items[form] - 1;
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
    private int Write(int form)
    {
        var text = forms.Text(form);
        var start = _text.Count;
        var operationCount = forms.OperationCount(form);
        if (_nodes.Length < operationCount)
            _nodes = new int[Math.Max(2 * _nodes.Length, operationCount)];
        var knownOperations = new bool[operationCount];
        var knownLeaves = new bool[forms.LeafCount(form)];
        foreach (var output in text[_operationStarts[operationCount]..])
        {
            _text.Add(output);
            knownOperations[output] = true;
        }
        var literal = forms.LiteralCount(form);
        for (var k = operationCount - 1; k >= 0; k--)
        {
            var at = _operationStarts[k];
            var operation = (byte)text[at++];
            var count = OperandCount(text, operation, ref at);
            _text.Add(operation);
            _text.Add(count);
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
                _text.Add((index << Shift) | (isFirst ? First : 0) | kind);
            }
        }
        return start;
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
}
