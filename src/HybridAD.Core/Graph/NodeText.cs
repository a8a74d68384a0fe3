using System.Globalization;
using System.Text;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>A node of a trace as a formula of what it reads, down to inputs, names or a depth: for messages about functions whose source text is gone.</summary>
public static class NodeText
{
    private const int Sums = 1, Products = 2, Signs = 3, Atoms = 4;

    /// <summary>The formula, such as <c>sqrt(b*b - 4*(a*c))</c>; what lies deeper than <paramref name="depth"/> operations is <c>…</c>.</summary>
    public static string Of(Trace trace, int node, int depth = 4)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var text = new StringBuilder();
        Write(text, trace, node, depth, 0, isRoot: true);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Trace trace, int node, int depth, int outer, bool isRoot = false)
    {
        if (node < trace.InputCount)
        {
            text.Append(trace.Names.Input(node));
            return;
        }
        if (trace.IsConstant(node))
        {
            text.Append(trace.ConstantOf(node).ToString("R", CultureInfo.InvariantCulture));
            return;
        }
        if (!isRoot && trace.Names.Nodes is { } names && names.TryGetValue(node, out var name))
        {
            text.Append(name);
            return;
        }
        if (depth == 0)
        {
            text.Append('…');
            return;
        }
        var operands = trace.OperandsOf(node);
        var operation = trace.Operations[node];
        if (Infix(operation) is not var (sign, binding) || operands.Length is 0 or > 2)
        {
            Call(text, trace, operation == Op.Cast ? CastRule.FormatOf(trace.ParametersOf(node)).Name : Primitive.Of(operation).Name, operands, depth);
            return;
        }
        var inParentheses = binding < outer;
        if (inParentheses)
            text.Append('(');
        if (operands.Length == 2)
            Write(text, trace, operands[0], depth - 1, binding);
        text.Append(sign);
        // What stands on the right of a sign binds more tightly: a - (b - c), a + (b + c); rounding tells them apart.
        Write(text, trace, operands[^1], depth - 1, binding + 1);
        if (inParentheses)
            text.Append(')');
    }

    private static void Call(StringBuilder text, Trace trace, string name, ReadOnlySpan<int> operands, int depth)
    {
        const int MostOperands = 4;
        text.Append(name).Append('(');
        for (var k = 0; k < operands.Length && k < MostOperands; k++)
        {
            if (k > 0)
                text.Append(", ");
            Write(text, trace, operands[k], depth - 1, 0);
        }
        text.Append(operands.Length > MostOperands ? ", …)" : ")");
    }

    private static (string Sign, int Binding)? Infix(byte operation) => operation switch
    {
        Op.Add => (" + ", Sums),
        Op.Sub => (" - ", Sums),
        Op.Mul => ("*", Products),
        Op.Div => ("/", Products),
        Op.Neg => ("-", Signs),
        Op.Pow => ("^", Atoms),
        _ => null,
    };
}
