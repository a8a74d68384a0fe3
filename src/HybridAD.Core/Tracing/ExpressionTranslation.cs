using System.Globalization;
using System.Linq.Expressions;
using HybridAD.Graph;

namespace HybridAD.Tracing;

/// <summary>
/// Walks one expression tree with an explicit stack, because sums built by programs nest 10⁵ deep, and writes the nodes it finds.
/// Each sub-expression is translated once per binding of the parameters.
/// </summary>
internal sealed partial class ExpressionTranslation(TraceBuilder builder)
{
    private const int DeepestInlining = 1000;

    private readonly Stack<(Expression Part, Scope Scope, int Stage)> _pending = new();
    private readonly Dictionary<(Expression, Scope), TracedValue> _values = [];

    /// <summary>Translates the body of a function for given arguments.</summary>
    public TracedValue Run(LambdaExpression function, TracedValue[] arguments)
    {
        var scope = new Scope(null, function, arguments);
        _pending.Push((function.Body, scope, 0));
        while (_pending.TryPop(out var work))
            if (!_values.ContainsKey((work.Part, work.Scope)) && Step(work.Part, work.Scope, work.Stage) is { } value)
                _values.Add((work.Part, work.Scope), value);
        return _values[(function.Body, scope)];
    }

    /// <summary>The nodes of the function's result.</summary>
    public int[] Outputs(TracedValue result, Expression part) => result switch
    {
        { Kind: TracedKind.Vector, Elements: var elements } => Array.ConvertAll(elements!, element => NodeOf(element, part)),
        { Kind: TracedKind.Constant, Value: double[] numbers } => Array.ConvertAll(numbers, builder.Constant),
        _ => [NodeOf(result, part)],
    };

    /// <summary>One step of a part: its value, or null after asking for its children and then for itself in a later stage.</summary>
    private TracedValue? Step(Expression part, Scope scope, int stage)
    {
        switch (part)
        {
            case ConstantExpression constant:
                return TracedValue.Constant(constant.Value);
            case ParameterExpression parameter:
                return scope.Find(parameter) ?? throw Unsupported.Part(part, "it is not a parameter of the function", "Pass the value as an argument or capture a variable");
            case LambdaExpression:
                return TracedValue.Constant(part);
            case UnaryExpression { NodeType: ExpressionType.Quote, Operand: var quoted }:
                return TracedValue.Constant(quoted);
            case ConditionalExpression conditional:
                return Conditional(conditional, scope, stage);
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.OrElse, Method: null } logical:
                return ShortCircuit(logical, scope, stage);
            case InvocationExpression invocation:
                return Invocation(invocation, scope, stage);
        }
        var children = ChildrenOf(part);
        if (stage == 0 && children.Length > 0)
            return Ask(part, scope, 1, children);
        var values = new TracedValue[children.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = ValueOf(children[k], scope);
        return Array.TrueForAll(values, value => value.IsConstant)
            ? TracedValue.Constant(ConstantParts.Evaluate(part, Array.ConvertAll(values, value => value.Value)))
            : Combine(part, values);
    }

    private TracedValue Combine(Expression part, TracedValue[] values) => part switch
    {
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } => Element(part, values[0], values[1]),
        BinaryExpression binary => Binary(binary, values[0], values[1]),
        UnaryExpression unary => Unary(unary, values[0]),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } => TracedValue.Vector(values),
        MethodCallExpression call => Call(call, values),
        MemberExpression or IndexExpression => throw Unsupported.Part(part, "it reads a member of something that depends on an input", "Use arrays of double and their elements"),
        NewArrayExpression => throw Unsupported.Part(part, "the length of an array depends on an input", "Give it a constant length"),
        _ => throw Unsupported.Kind(part),
    };

    private TracedValue? Conditional(ConditionalExpression part, Scope scope, int stage)
    {
        if (stage == 0)
            return Ask(part, scope, 1, part.Test);
        var test = ValueOf(part.Test, scope);
        // A decided test must not evaluate the other branch: it may be there to protect it.
        var chosen = !test.IsConstant ? null : (bool)test.Value! ? part.IfTrue : part.IfFalse;
        if (stage == 1)
            return chosen is null ? Ask(part, scope, 2, part.IfTrue, part.IfFalse) : Ask(part, scope, 2, chosen);
        return chosen is not null ? ValueOf(chosen, scope) : Select(part, test, ValueOf(part.IfTrue, scope), ValueOf(part.IfFalse, scope));
    }

    private TracedValue? ShortCircuit(BinaryExpression part, Scope scope, int stage)
    {
        if (stage == 0)
            return Ask(part, scope, 1, part.Left);
        var isAnd = part.NodeType == ExpressionType.AndAlso;
        var left = ValueOf(part.Left, scope);
        if (left.IsConstant && (bool)left.Value! != isAnd)
            return left;
        if (stage == 1)
            return Ask(part, scope, 2, part.Right);
        var right = ValueOf(part.Right, scope);
        if (left.IsConstant)
            return right;
        return TracedValue.Truth(builder.Binary(isAnd ? Op.And : Op.Or, NodeOf(left, part.Left), NodeOf(right, part.Right)));
    }

    private TracedValue? Invocation(InvocationExpression part, Scope scope, int stage)
    {
        // f.Compile()(x): the expression behind the delegate is what is wanted, and compiling it would be in vain.
        var callee = part.Expression is MethodCallExpression { Method.Name: nameof(LambdaExpression.Compile), Object: { } source } && source.Type.IsAssignableTo(typeof(LambdaExpression))
            ? source
            : part.Expression;
        if (stage == 0)
            return Ask(part, scope, 1, [callee, .. part.Arguments]);
        var arguments = part.Arguments.Select(argument => ValueOf(argument, scope)).ToArray();
        var function = ValueOf(callee, scope);
        if (function is { IsConstant: true, Value: LambdaExpression lambda })
        {
            var inner = scope.Inner(part, () => new Scope(scope, lambda, arguments));
            if (inner.Depth > DeepestInlining)
                throw Unsupported.Part(part, $"calls of nested expressions are more than {DeepestInlining} deep", "Write the recursion as a loop over Real");
            return stage == 1 ? Ask(part, scope, 2, inner, lambda.Body) : ValueOf(lambda.Body, inner);
        }
        if (function is { IsConstant: true, Value: Delegate target } && Array.TrueForAll(arguments, argument => argument.IsConstant))
            return TracedValue.Constant(ConstantParts.Call(part, target, Array.ConvertAll(arguments, argument => argument.Value)));
        throw Unsupported.Part(part, "it calls a compiled delegate, whose inside cannot be seen",
            "Declare it as an Expression<Func<…>> and call it as f.Compile()(…), or trace a lambda over Real");
    }

    private TracedValue? Ask(Expression part, Scope scope, int stage, params ReadOnlySpan<Expression> children) => Ask(part, scope, stage, scope, children);

    private TracedValue? Ask(Expression part, Scope scope, int stage, Scope childScope, params ReadOnlySpan<Expression> children)
    {
        _pending.Push((part, scope, stage));
        // The first child comes out first, so that nodes are in reading order.
        for (var k = children.Length - 1; k >= 0; k--)
            _pending.Push((children[k], childScope, 0));
        return null;
    }

    private TracedValue ValueOf(Expression part, Scope scope) => _values[(part, scope)];

    private static Expression[] ChildrenOf(Expression part) => part switch
    {
        BinaryExpression binary => [binary.Left, binary.Right],
        UnaryExpression { Operand: { } operand } => [operand],
        MemberExpression member => member.Expression is null ? [] : [member.Expression],
        MethodCallExpression call => call.Object is null ? [.. call.Arguments] : [call.Object, .. call.Arguments],
        NewArrayExpression array => [.. array.Expressions],
        IndexExpression { Object: { } indexed } index => [indexed, .. index.Arguments],
        NewExpression creation => [.. creation.Arguments],
        DefaultExpression => [],
        _ => throw Unsupported.Kind(part),
    };

    /// <summary>The node of a number or truth; a constant becomes a literal.</summary>
    private int NodeOf(TracedValue value, Expression part) => value switch
    {
        { Kind: TracedKind.Number or TracedKind.Truth } => value.Node,
        { Value: bool truth } => builder.Constant(truth ? 1 : 0),
        { Value: IConvertible number and not string } => builder.Constant(number.ToDouble(CultureInfo.InvariantCulture)),
        _ => throw Unsupported.Part(part, "a number is needed here", "Use double and arrays of double only"),
    };

    /// <summary>The parameters of one inlined call.</summary>
    private sealed class Scope(Scope? outer, LambdaExpression function, TracedValue[] arguments)
    {
        private readonly Dictionary<InvocationExpression, Scope> _inner = [];

        public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

        public TracedValue? Find(ParameterExpression parameter)
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
                if (scope.Parameters.IndexOf(parameter) is >= 0 and var index)
                    return scope.Arguments[index];
            return null;
        }

        /// <summary>The scope of a call inside this one; the same in every stage of the call.</summary>
        public Scope Inner(InvocationExpression call, Func<Scope> create) => _inner.TryGetValue(call, out var inner) ? inner : _inner[call] = create();

        private Scope? Outer => outer;

        private TracedValue[] Arguments => arguments;

        private System.Collections.ObjectModel.ReadOnlyCollection<ParameterExpression> Parameters => function.Parameters;
    }
}
