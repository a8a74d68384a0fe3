using System.Linq.Expressions;
using HybridAD.Graph;

namespace HybridAD.Tracing;

/// <content>Operators with an active operand.</content>
internal sealed partial class ExpressionTranslation
{
    private TracedValue Binary(BinaryExpression part, TracedValue left, TracedValue right)
    {
        if (left.Kind == TracedKind.Vector || right.Kind == TracedKind.Vector || !IsNumber(part.Left.Type) || !IsNumber(part.Right.Type))
            throw Unsupported.Part(part, $"operators are traced for double, not for {part.Left.Type.Name} and {part.Right.Type.Name}", "Convert the operands to double");
        var operation = part.NodeType switch
        {
            ExpressionType.Add or ExpressionType.AddChecked => Op.Add,
            ExpressionType.Subtract or ExpressionType.SubtractChecked => Op.Sub,
            ExpressionType.Multiply or ExpressionType.MultiplyChecked => Op.Mul,
            ExpressionType.Divide when part.Type == typeof(double) => Op.Div,
            ExpressionType.Modulo when part.Type == typeof(double) => Op.Remainder,
            ExpressionType.Power => Op.Pow,
            ExpressionType.LessThan => Op.Less,
            ExpressionType.LessThanOrEqual => Op.LessOrEqual,
            ExpressionType.GreaterThan => Op.Greater,
            ExpressionType.GreaterThanOrEqual => Op.GreaterOrEqual,
            ExpressionType.Equal => Op.Equal,
            ExpressionType.NotEqual => Op.NotEqual,
            ExpressionType.And when part.Type == typeof(bool) => Op.And,
            ExpressionType.Or when part.Type == typeof(bool) => Op.Or,
            ExpressionType.ExclusiveOr when part.Type == typeof(bool) => Op.NotEqual,
            _ => throw Unsupported.Part(part, $"it depends on an input, and {part.NodeType} of type {part.Type.Name} has no derivative rule", "Convert the operands to double first"),
        };
        var node = builder.Binary(operation, NodeOf(left, part.Left), NodeOf(right, part.Right));
        return part.Type == typeof(bool) ? TracedValue.Truth(node) : TracedValue.Number(node);
    }

    private TracedValue Unary(UnaryExpression part, TracedValue operand)
    {
        switch (part.NodeType)
        {
            case ExpressionType.ArrayLength when operand.Kind == TracedKind.Vector:
                return TracedValue.Constant(operand.Elements!.Length);
            case ExpressionType.Negate or ExpressionType.NegateChecked when operand.Kind == TracedKind.Number:
                return TracedValue.Number(builder.Unary(Op.Neg, operand.Node));
            case ExpressionType.UnaryPlus when operand.Kind == TracedKind.Number:
                return operand;
            case ExpressionType.Not when operand.Kind == TracedKind.Truth:
                return TracedValue.Truth(builder.Unary(Op.Not, operand.Node));
            case ExpressionType.Convert or ExpressionType.ConvertChecked when IsHarmless(part.Operand.Type, part.Type, operand.Kind):
                return operand;
            case ExpressionType.Convert or ExpressionType.ConvertChecked:
                throw Unsupported.Part(part, $"it depends on an input, and the conversion from {part.Operand.Type.Name} to {part.Type.Name} has no derivative",
                    "Stay with double; Math.Truncate, Math.Floor and Math.Round give integers as double");
            default:
                throw Unsupported.Kind(part);
        }
    }

    private static TracedValue Element(Expression part, TracedValue array, TracedValue index)
    {
        if (!index.IsConstant)
            throw Unsupported.Part(part, "the index depends on an input", "Choose between elements with ?:");
        var position = Convert.ToInt64(index.Value, System.Globalization.CultureInfo.InvariantCulture);
        if (position < 0 || position >= array.Elements!.Length)
            throw Unsupported.Part(part, $"there are {array.Elements!.Length} elements", "Use a smaller index, or give a point with more elements");
        return array.Elements[position];
    }

    private TracedValue Select(ConditionalExpression part, TracedValue test, TracedValue ifTrue, TracedValue ifFalse)
    {
        if (part.Type.IsArray)
        {
            var (a, b) = (ElementsOf(ifTrue), ElementsOf(ifFalse));
            if (a is null || b is null || a.Length != b.Length)
                throw Unsupported.Part(part, "both branches have to be arrays of double of one length", "Write ?: around the elements");
            return TracedValue.Vector([.. a.Zip(b, (x, y) => TracedValue.Number(Selected(x, y)))]);
        }
        if (!IsNumber(part.Type))
            throw Unsupported.Part(part, $"the condition depends on an input and the branches are of type {part.Type.Name}", "Write ?: around numbers");
        var node = Selected(ifTrue, ifFalse);
        return part.Type == typeof(bool) ? TracedValue.Truth(node) : TracedValue.Number(node);

        int Selected(TracedValue x, TracedValue y) => builder.List(Op.Select, NodeOf(test, part.Test), NodeOf(x, part.IfTrue), NodeOf(y, part.IfFalse));
    }

    private static TracedValue[]? ElementsOf(TracedValue value) =>
        value.Elements ?? (value.Value is double[] numbers ? Array.ConvertAll(numbers, number => TracedValue.Constant(number)) : null);

    // The only integers that can be active are the results of Math.Sign.
    private static bool IsNumber(Type type) => type == typeof(double) || type == typeof(int) || type == typeof(bool);

    private static bool IsHarmless(Type from, Type to, TracedKind kind) =>
        from == to || (kind == TracedKind.Number && from == typeof(int) && to == typeof(double)) || (kind == TracedKind.Vector && to.IsAssignableFrom(from) && to != typeof(object));
}
