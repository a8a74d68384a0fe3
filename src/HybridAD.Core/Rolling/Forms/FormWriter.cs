using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Forms;

/// <summary>
/// Writes regions in canonical form: the operations in depth-first post-order from their outputs, leaves numbered by first occurrence.
/// </summary>
/// <remarks>
/// A form is a list of numbers: how many outputs; each operation, then its operands as references; the outputs. A literal has no value in a form, unless it
/// decides the structure of the derivative, as an exponent does.
/// </remarks>
internal sealed class FormWriter(LiveFunction function, TermRuns runs, NodeMarks seen)
{
    private readonly Growing<int> _form = new(function.Scratch.Ints, 256);
    private readonly Growing<(int Node, int Next)> _stack = new();
    private int _leafCount;
    private int _operationCount;

    /// <summary>Writes a region, whose outputs the lists have.</summary>
    /// <param name="regions">All regions.</param>
    /// <param name="reader">What they compute.</param>
    /// <param name="region">The region.</param>
    /// <param name="lists">Gets the leaves and the literals, and keeps the outputs that remain.</param>
    /// <param name="forms">Gets the form.</param>
    /// <param name="longest">Most operations of a form that may occur often.</param>
    /// <returns>The region's form. Where it has no leaves, they are still to be <see cref="Collect">collected</see>, if anybody asks for them.</returns>
    public int Write(Regions regions, in RegionReader reader, int region, InstanceLists lists, FormTable forms, double longest)
    {
        var roots = lists.OpenRoots;
        seen.Clear();
        _form.Clear();
        _form.Add(roots.Length);
        (_leafCount, _operationCount) = (0, 0);
        var isLong = false;
        foreach (var root in roots)
            isLong |= regions.OperationsToward(root) > longest;
        if (isLong && runs.Count == 0 && regions.AreCones)
            return forms.AddUnique(1, regions.OperationsToward(roots[0]));
        if (isLong)
            Collect(in reader, region, roots, lists);
        else
            foreach (var root in roots)
                if (!seen.Contains(root))
                    WriteExpression(in reader, region, root, lists, longest);
        var outputs = runs.Count == 0 ? roots.Length : AddRuns(roots, lists);
        if (_operationCount > longest)
        {
            lists.DropLiterals();
            return forms.AddUnique(outputs, _operationCount);
        }
        _form[0] = outputs;
        foreach (var root in roots[..outputs])
            _form.Add(FormReference.IndexOf(seen[root]));
        return forms.Add(_form.Items.AsSpan(0, _form.Count), _leafCount, lists.OpenLiteralCount, outputs, _operationCount, outputs < roots.Length);
    }

    private void WriteExpression(in RegionReader reader, int region, int root, InstanceLists lists, double longest)
    {
        var nodes = new NodeReader(function.Trace);
        var kinds = function.Kinds;
        _stack.Push((root, 0));
        while (_stack.Count > 0)
        {
            var (node, next) = _stack[_stack.Count - 1];
            var operands = nodes.Operands(node);
            while (next < operands.Length && !(kinds[operands[next]] == NodeKind.Kernel && !seen.Contains(operands[next]) && reader.Computes(region, operands[next])))
                next++;
            if (next < operands.Length)
            {
                _stack[_stack.Count - 1].Next = next + 1;
                _stack.Push((operands[next], 0));
                continue;
            }
            WriteOperation(nodes.Operations[node], node, operands, lists);
            seen.Add(node, FormReference.To(FormReference.Operation, _operationCount++));
            // What is too long to occur often needs no text to compare it by.
            if (_operationCount > longest)
                _form.Clear();
            _stack.Truncate(_stack.Count - 1);
        }
    }

    /// <summary>
    /// Collects the leaves of a region that is too long for a text, in whatever order. It is a large part of the function, so that all nodes are gone through, from the last root to the first
    /// operation, rather than from operand to operand.
    /// </summary>
    public void Collect(in RegionReader reader, int region, ReadOnlySpan<int> roots, InstanceLists lists)
    {
        var nodes = new NodeReader(function.Trace);
        var (kinds, marks) = (function.Kinds, seen);
        marks.Clear();
        // Operations that were met as operands or roots and have not been passed.
        var (open, last, count) = (roots.Length, 0, 0);
        foreach (var root in roots)
        {
            marks.Add(root, FormReference.Operation);
            last = Math.Max(last, root);
        }
        for (var node = last; open > 0; node--)
        {
            if (marks.Find(node) != FormReference.Operation)
                continue;
            open--;
            count++;
            foreach (var operand in nodes.Operands(node))
            {
                if (kinds[operand] == NodeKind.Literal || marks.Contains(operand))
                    continue;
                var isComputed = kinds[operand] == NodeKind.Kernel && reader.Computes(region, operand);
                marks.Add(operand, isComputed ? FormReference.Operation : FormReference.Leaf);
                if (isComputed)
                    open++;
                else
                    lists.AddLeaf(operand);
            }
        }
        _operationCount = count;
    }

    private void WriteOperation(byte operation, int node, ReadOnlySpan<int> operands, InstanceLists lists)
    {
        _form.Add(operation);
        if (NodeReader.IsListed(operation))
            _form.Add(operands.Length);
        else if (Primitive.ArityOf(operation) == Arity.Parametric)
        {
            var parameters = function.Trace.ParametersOf(node);
            _form.Add(parameters.Length);
            foreach (var parameter in parameters)
                AddNumber(parameter);
        }
        for (var k = 0; k < operands.Length; k++)
        {
            var operand = operands[k];
            // Everything that the region computes itself has been written before.
            var reference = seen.Find(operand);
            if (reference >= 0)
                _form.Add(reference);
            else if (function.Kinds[operand] != NodeKind.Literal)
            {
                reference = FormReference.To(FormReference.Leaf, _leafCount++);
                seen.Add(operand, reference);
                lists.AddLeaf(operand);
                _form.Add(reference);
            }
            else if (k > 0 && FormReference.IsStructural(operation))
            {
                _form.Add(FormReference.Number);
                AddNumber(function.LiteralOf(operand));
            }
            else
            {
                _form.Add(FormReference.Literal);
                lists.AddLiteral(function.LiteralOf(operand));
            }
        }
    }

    /// <summary>Adds up the terms of runs. The first term of a run stands for the sum; the others are outputs no longer.</summary>
    /// <returns>The number of outputs that remain, at the start of the roots.</returns>
    private int AddRuns(Span<int> roots, InstanceLists lists)
    {
        var kept = 0;
        foreach (var root in roots)
        {
            var run = runs.RunOf(root);
            if (run >= 0 && runs.Nodes(run)[0] != root)
                continue;
            roots[kept++] = root;
            if (run >= 0)
                AddRun(run, root, lists);
        }
        lists.KeepRoots(kept);
        return kept;
    }

    private void AddRun(int run, int leader, InstanceLists lists)
    {
        // A common factor is left to the sum that the run is a term of; 1 is common also to factors that have nothing in common.
        var isScaled = runs.CommonFactor(run) == 1;
        var sum = -1;
        for (var k = 0; k < runs.Nodes(run).Length; k++)
        {
            var term = FormReference.IndexOf(seen[runs.Nodes(run)[k]]);
            if (isScaled && runs.Factors(run)[k] != 1)
            {
                _form.Add(Op.Mul);
                _form.Add(FormReference.Literal);
                lists.AddLiteral(runs.Factors(run)[k]);
                _form.Add(FormReference.To(FormReference.Operation, term));
                term = _operationCount++;
            }
            if (k > 0)
            {
                _form.Add(Op.Add);
                _form.Add(FormReference.To(FormReference.Operation, sum));
                _form.Add(FormReference.To(FormReference.Operation, term));
                term = _operationCount++;
            }
            sum = term;
        }
        seen.Add(leader, FormReference.To(FormReference.Operation, sum));
    }

    private void AddNumber(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        _form.Add((int)bits);
        _form.Add((int)(bits >> 32));
    }
}
