using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace HybridAD.Tracing;

/// <summary>Evaluates the parts of an expression that do not depend on an input, one operation at a time.</summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The arrays are of types that the caller's expression makes arrays of itself.")]
internal static class ConstantParts
{
    /// <summary>The value of a part whose children have these values.</summary>
    public static object? Evaluate(Expression part, object?[] children)
    {
        try
        {
            return part switch
            {
                MemberExpression { Member: FieldInfo field } => field.GetValue(children.FirstOrDefault()),
                MemberExpression { Member: PropertyInfo property } => property.GetValue(children.FirstOrDefault()),
                // Arithmetic on doubles is so common, and interpreting a lambda so slow, that it gets its own way.
                BinaryExpression { Method: null } binary when children is [double a, double b] && Arithmetic(binary.NodeType, a, b) is { } value => value,
                _ => Expression.Lambda<Func<object?>>(Expression.Convert(WithChildren(part, children), typeof(object))).Compile(preferInterpretation: true)(),
            };
        }
        catch (Exception error)
        {
            throw Failed(part, error);
        }
    }

    /// <summary>The result of a delegate.</summary>
    public static object? Call(Expression part, Delegate target, object?[] arguments)
    {
        try
        {
            return target.DynamicInvoke(arguments);
        }
        catch (Exception error)
        {
            throw Failed(part, error);
        }
    }

    private static HybridAdException Failed(Expression part, Exception error)
    {
        var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
        return Unsupported.Part(part, $"it does not depend on an input and failed when evaluated ({cause.GetType().Name}: {cause.Message.TrimEnd('.')})", "Mend it or evaluate it beforehand", cause);
    }

    private static double? Arithmetic(ExpressionType operation, double a, double b) => operation switch
    {
        ExpressionType.Add => a + b,
        ExpressionType.Subtract => a - b,
        ExpressionType.Multiply => a * b,
        ExpressionType.Divide => a / b,
        ExpressionType.Modulo => a % b,
        _ => null,
    };

    private static Expression WithChildren(Expression part, object?[] values)
    {
        var k = 0;
        return part switch
        {
            BinaryExpression binary => Expression.MakeBinary(binary.NodeType, Next(binary.Left), Next(binary.Right), binary.IsLiftedToNull, binary.Method, binary.Conversion),
            UnaryExpression unary => Expression.MakeUnary(unary.NodeType, Next(unary.Operand), unary.Type, unary.Method),
            MethodCallExpression call => Expression.Call(call.Object is null ? null : Next(call.Object), call.Method, call.Arguments.Select(Next).ToArray()),
            NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => Expression.NewArrayInit(array.Type.GetElementType()!, array.Expressions.Select(Next).ToArray()),
            NewArrayExpression array => Expression.NewArrayBounds(array.Type.GetElementType()!, array.Expressions.Select(Next).ToArray()),
            IndexExpression index => Expression.MakeIndex(Next(index.Object!), index.Indexer, index.Arguments.Select(Next).ToArray()),
            NewExpression creation => creation.Constructor is null ? creation : Expression.New(creation.Constructor, creation.Arguments.Select(Next).ToArray()),
            _ => part,
        };

        Expression Next(Expression child) => Expression.Constant(values[k++], child.Type);
    }
}
