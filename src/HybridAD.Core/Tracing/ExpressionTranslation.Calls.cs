using System.Linq.Expressions;
using HybridAD.Graph;

namespace HybridAD.Tracing;

/// <content>Calls of mathematical functions with an active argument.</content>
internal sealed partial class ExpressionTranslation
{
    private static readonly Dictionary<(string Name, int Arguments), byte> Functions = new()
    {
        [(nameof(Math.Abs), 1)] = Op.Abs,
        [(nameof(Math.Acos), 1)] = Op.Acos,
        [(nameof(Math.Acosh), 1)] = Op.Acosh,
        [(nameof(Math.Asin), 1)] = Op.Asin,
        [(nameof(Math.Asinh), 1)] = Op.Asinh,
        [(nameof(Math.Atan), 1)] = Op.Atan,
        [(nameof(Math.Atanh), 1)] = Op.Atanh,
        [(nameof(Math.Atan2), 2)] = Op.Atan2,
        [(nameof(Math.Cbrt), 1)] = Op.Cbrt,
        [(nameof(Math.Ceiling), 1)] = Op.Ceiling,
        [(nameof(Math.Cos), 1)] = Op.Cos,
        [(nameof(Math.Cosh), 1)] = Op.Cosh,
        [(nameof(Math.Exp), 1)] = Op.Exp,
        [(nameof(double.ExpM1), 1)] = Op.Expm1,
        [(nameof(Math.Floor), 1)] = Op.Floor,
        [(nameof(Math.FusedMultiplyAdd), 3)] = Op.FusedMultiplyAdd,
        [(nameof(double.Hypot), 2)] = Op.Hypot,
        [(nameof(Math.Log), 1)] = Op.Log,
        [(nameof(Math.Log10), 1)] = Op.Log10,
        [(nameof(Math.Log2), 1)] = Op.Log2,
        [(nameof(double.LogP1), 1)] = Op.Log1p,
        [(nameof(Math.Max), 2)] = Op.Max,
        [(nameof(Math.Min), 2)] = Op.Min,
        [(nameof(Math.Pow), 2)] = Op.Pow,
        [(nameof(Math.Round), 1)] = Op.RoundToEven,
        [(nameof(Math.Sign), 1)] = Op.Sign,
        [(nameof(Math.Sin), 1)] = Op.Sin,
        [(nameof(Math.Sinh), 1)] = Op.Sinh,
        [(nameof(Math.Sqrt), 1)] = Op.Sqrt,
        [(nameof(Math.Tan), 1)] = Op.Tan,
        [(nameof(Math.Tanh), 1)] = Op.Tanh,
        [(nameof(Math.Truncate), 1)] = Op.Truncate,
    };

    private TracedValue Call(MethodCallExpression part, TracedValue[] arguments)
    {
        var method = part.Method;
        if (method.DeclaringType == typeof(Enumerable) && method.Name == nameof(Enumerable.Sum) && arguments is [{ Kind: TracedKind.Vector, Elements: var terms }]
            && method.ReturnType == typeof(double))
            return terms!.Length == 0 ? TracedValue.Constant(0.0) : TracedValue.Number(builder.List(Op.Sum, Nodes(terms, part)));
        if (method.DeclaringType != typeof(Math) && method.DeclaringType != typeof(double))
            throw Unsupported.Part(part, $"it calls {method.DeclaringType?.Name}.{method.Name}, whose inside cannot be seen",
                "Write the formula in place, declare it as an Expression<Func<…>> and call it as f.Compile()(…), or trace a lambda over Real");
        if (Functions.TryGetValue((method.Name, arguments.Length), out var operation))
        {
            var nodes = Nodes(arguments, part);
            return TracedValue.Number(nodes.Length switch
            {
                1 => builder.Unary(operation, nodes[0]),
                2 => builder.Binary(operation, nodes[0], nodes[1]),
                _ => builder.List(operation, nodes),
            });
        }
        switch (method.Name, arguments.Length)
        {
            case (nameof(Math.Log), 2):
                var (argument, newBase) = (NodeOf(arguments[0], part), NodeOf(arguments[1], part));
                return TracedValue.Number(builder.Binary(Op.Div, builder.Unary(Op.Log, argument), builder.Unary(Op.Log, newBase)));
            case (nameof(Math.Clamp), 3):
                var (x, low, high) = (NodeOf(arguments[0], part), NodeOf(arguments[1], part), NodeOf(arguments[2], part));
                return TracedValue.Number(builder.Binary(Op.Min, builder.Binary(Op.Max, x, low), high));
            case (nameof(double.IsNaN), 1):
                return TracedValue.Truth(builder.Binary(Op.NotEqual, arguments[0].Node, arguments[0].Node));
            default:
                throw Unsupported.Part(part, $"{method.DeclaringType!.Name}.{method.Name} with {arguments.Length} arguments has no derivative rule",
                    "Compose it of functions that have one");
        }
    }

    private int[] Nodes(TracedValue[] values, Expression part) => Array.ConvertAll(values, value => NodeOf(value, part));
}
