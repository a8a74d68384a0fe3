using System.Linq.Expressions;
using HybridAD.Tracing;

namespace HybridAD.Tests.Tracing;

public class ExpressionTracerErrorTests
{
    private static readonly Func<double, double> Opaque = u => u + 1;

    private static double Helper(double u) => u * u;

    private static string MessageOf(Expression<Func<double[], double>> function)
    {
        var error = Assert.Throws<HybridAdException>(() => ExpressionTracer.Trace(function, 3));
        Assert.Equal("HAD1006", error.Code);
        return error.Message;
    }

    [Fact]
    public void A_method_without_a_visible_body() => Assert.Equal(
        "The part 'Helper(x[0])' of the expression cannot be traced: it calls ExpressionTracerErrorTests.Helper, whose inside cannot be seen. " +
        "Write the formula in place, declare it as an Expression<Func<…>> and call it as f.Compile()(…), or trace a lambda over Real. [HAD1006]",
        MessageOf(x => Helper(x[0])));

    [Fact]
    public void A_compiled_delegate() => Assert.Equal(
        "The part 'Invoke(ExpressionTracerErrorTests.Opaque, x[0])' of the expression cannot be traced: it calls a compiled delegate, whose inside cannot be seen. " +
        "Declare it as an Expression<Func<…>> and call it as f.Compile()(…), or trace a lambda over Real. [HAD1006]",
        MessageOf(x => Opaque(x[0])));

    [Fact]
    public void An_index_that_depends_on_an_input() => Assert.Equal(
        "The part 'Convert(x[0], Int32)' of the expression cannot be traced: it depends on an input, and the conversion from Double to Int32 has no derivative. " +
        "Stay with double; Math.Truncate, Math.Floor and Math.Round give integers as double. [HAD1006]",
        MessageOf(x => x[(int)x[0]]));

    [Fact]
    public void The_sign_as_an_index() => Assert.Equal(
        "The part 'x[Sign(x[0])]' of the expression cannot be traced: the index depends on an input. Choose between elements with ?:. [HAD1006]",
        MessageOf(x => x[Math.Sign(x[0])]));

    [Fact]
    public void An_index_beyond_the_inputs() => Assert.Equal(
        "The part 'x[3]' of the expression cannot be traced: there are 3 elements. Use a smaller index, or give a point with more elements. [HAD1006]",
        MessageOf(x => x[3]));

    [Fact]
    public void A_constant_part_that_fails()
    {
        double[] table = [1];
        Assert.Equal(
            "The part 'table[5]' of the expression cannot be traced: it does not depend on an input and failed when evaluated " +
            "(IndexOutOfRangeException: Index was outside the bounds of the array). Mend it or evaluate it beforehand. [HAD1006]",
            MessageOf(x => table[5] * x[0]));
    }

    [Fact]
    public void A_function_without_a_derivative_rule() => Assert.Equal(
        "The part 'IEEERemainder(x[0], 2)' of the expression cannot be traced: Math.IEEERemainder with 2 arguments has no derivative rule. " +
        "Compose it of functions that have one. [HAD1006]",
        MessageOf(x => Math.IEEERemainder(x[0], 2)));

    [Fact]
    public void Integer_division_of_something_active() => Assert.Equal(
        "The part '(Sign(x[0]) / 2)' of the expression cannot be traced: it depends on an input, and Divide of type Int32 has no derivative rule. " +
        "Convert the operands to double first. [HAD1006]",
        MessageOf(x => Math.Sign(x[0]) / 2));

    [Fact]
    public void An_expression_of_an_unknown_kind()
    {
        var x = Expression.Parameter(typeof(double[]), "x");
        var block = Expression.Block(Expression.ArrayIndex(x, Expression.Constant(0)));
        Assert.Equal(
            "The part '{ ... }' of the expression cannot be traced: expressions of kind Block are not understood. " +
            "Use arithmetic, Math functions, ?:, comparisons, elements of arrays and new[] {…}, or trace a lambda over Real. [HAD1006]",
            MessageOf(Expression.Lambda<Func<double[], double>>(block, x)));
    }

    [Fact]
    public void Endless_inlining()
    {
        Expression<Func<double, double>> self = null!;
        self = u => self.Compile()(u) + 1;
        Assert.Equal(
            "The part 'Invoke(self.Compile(), u)' of the expression cannot be traced: calls of nested expressions are more than 1000 deep. " +
            "Write the recursion as a loop over Real. [HAD1006]",
            MessageOf(x => self.Compile()(x[0])));
    }

    [Fact]
    public void A_deep_part_is_described_and_not_printed()
    {
        var x = Expression.Parameter(typeof(double[]), "x");
        Expression sum = Expression.ArrayIndex(x, Expression.Constant(0));
        for (var k = 0; k < 100_000; k++)
            sum = Expression.Add(sum, Expression.Constant(1.0));
        Assert.Equal(
            "The part 'Convert of more than 200 levels' of the expression cannot be traced: it depends on an input, and the conversion from Double to Int64 has no derivative. " +
            "Stay with double; Math.Truncate, Math.Floor and Math.Round give integers as double. [HAD1006]",
            MessageOf(Expression.Lambda<Func<double[], double>>(Expression.Convert(Expression.Convert(sum, typeof(long)), typeof(double)), x)));
    }
}
