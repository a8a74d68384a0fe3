using System.Text;
using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>What is wrong with a text is said with its place; what is wrong with a core is its status and leaves the others alone.</summary>
public class SyntaxTests
{
    [Theory]
    [InlineData("", "in:1:1: expected (FPCore …), found the end of the file [HAD7001]")]
    [InlineData("; only a comment", "in:1:1: expected (FPCore …), found the end of the file [HAD7001]")]
    [InlineData("(FPCore (x)\n  (+ x 1)", "in:2:10: the file ends before the '(' at 1:1 is closed [HAD7001]")]
    [InlineData("(FPCore (x) x))", "in:1:15: ')' closes nothing [HAD7001]")]
    [InlineData("(FPCore [x) x)", "in:1:11: expected ']' for the '[' at 1:9, found ')' [HAD7001]")]
    [InlineData("(FPCore (x) :name \"a\n b", "in:2:3: the file ends before the string at 1:19 is closed [HAD7001]")]
    [InlineData("(FPCore (x)\n 1.2.3)", "in:2:2: '1.2.3' begins like a number but is none that can be read [HAD7001]")]
    [InlineData("(FPCore (x) 1/0)", "in:1:13: '1/0' begins like a number but is none that can be read [HAD7001]")]
    [InlineData("(FPCore (x) 1/000)", "in:1:13: '1/000' begins like a number but is none that can be read [HAD7001]")]
    [InlineData("(FPCore (x) x)\n(define y 1)", "in:2:1: expected (FPCore …), found '(define y 1)' [HAD7001]")]
    [InlineData("(FPCore (x) x) y", "in:1:16: expected (FPCore …), found 'y' [HAD7001]")]
    public void AMalformedFileIsRefusedWithItsPlace(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FpCoreException>(() => FpCoreReader.Parse(text, "in")).Message);

    [Theory]
    [InlineData("(FPCore (x) (+ x y))", "unsupported: 'y' is neither a variable nor a constant at 1:18")]
    [InlineData("(FPCore (x) (- x x x))", "unsupported: '-' takes 2 operands, found 3 at 1:13")]
    [InlineData("(FPCore (x) (foo x))", "unsupported: there is no operator 'foo' at 1:13")]
    [InlineData("(FPCore (x) (tgamma x))", "unsupported: 'tgamma' cannot be computed here at 1:13")]
    [InlineData("(FPCore (x) (for ([i 3]) ([s 0 (+ s x)]) s))", "unsupported: 'for' cannot be computed here at 1:13")]
    [InlineData("(FPCore (x) :precision binary128 x)", "unsupported: precision 'binary128' has no arithmetic here (there are binary64, binary32, binary16, bfloat16) at 1:24")]
    [InlineData("(FPCore (x) (! :precision integer (+ x 1)))", "unsupported: precision 'integer' has no arithmetic here (there are binary64, binary32, binary16, bfloat16) at 1:27")]
    [InlineData("(FPCore (x) :precision (float 15 80) x)", "unsupported: precision '(float 15 80)' has no arithmetic here (there are binary64, binary32, binary16, bfloat16) at 1:24")]
    [InlineData("(FPCore (x)\n (! :round toZero (+ x 1)))", "unsupported: rounding 'toZero' has no arithmetic here (there is nearestEven) at 2:12")]
    [InlineData("(FPCore (x) (if x 1 2))", "unsupported: expected a truth value, found the number 'x' at 1:17")]
    [InlineData("(FPCore (x) (+ (< x 1) 1))", "unsupported: expected a number, found the truth value '(< x 1)' at 1:16")]
    [InlineData("(FPCore (x) (< x 1))", "unsupported: the result is a truth value, which has no rounding error at 1:13")]
    [InlineData("(FPCore (x) (let ([a 1] [a 2]) a))", "unsupported: 'a' is bound twice in the list at 1:18 at 1:26")]
    [InlineData("(FPCore (x) (let ([a]) a))", "unsupported: expected [name value], found '(a)' at 1:19")]
    [InlineData("(FPCore (x) (while (< i 3) ([i 0]) i))", "unsupported: expected [name start update], found '(i 0)' at 1:29")]
    [InlineData("(FPCore (x) (if (< x 1) 1))", "unsupported: 'if' takes 3 operands, found 2 at 1:13")]
    [InlineData("(FPCore (x) (+ (array x 1) 1))", "unsupported: an array can only be the result at 1:16")]
    [InlineData("(FPCore ((! :precision binary32 x) (A 3)) x)", "unsupported: argument '(A 3)' is an array at 1:36")]
    [InlineData("(FPCore (x x) x)", "unsupported: argument 'x' is declared twice at 1:12")]
    [InlineData("(FPCore (x))", "unsupported: a core needs an expression at 1:1")]
    [InlineData("(FPCore (x) x x)", "unsupported: a core has one expression, found another at 1:15")]
    [InlineData("(FPCore)", "unsupported: a core needs a list of arguments at 1:1")]
    [InlineData("(FPCore (x) 1e20000)", "unsupported: the exponent of '1e20000' is not within -5000 to 5000 at 1:13")]
    [InlineData("(FPCore (x) 1e-999999999)", "unsupported: the exponent of '1e-999999999' is not within -5000 to 5000 at 1:13")]
    [InlineData("(FPCore (x) 1e-2147483648)", "unsupported: the exponent of '1e-2147483648' is not within -5000 to 5000 at 1:13")]
    [InlineData("(FPCore (x) 0x1p-2147483648)", "unsupported: the exponent of '0x1p-2147483648' is not within -5000 to 5000 at 1:13")]
    [InlineData("(FPCore (x) 0x1p99999999999)", "unsupported: the exponent of '0x1p99999999999' is not within -5000 to 5000 at 1:13")]
    [InlineData("(FPCore (x) :pre (< x 1e20000) x)", "unsupported: the exponent of '1e20000' is not within -5000 to 5000 at 1:23")]
    [InlineData("(FPCore (x) :example ([x 1e20000]) x)", "unsupported: the exponent of '1e20000' is not within -5000 to 5000 at 1:26")]
    [InlineData("(FPCore (x) (digits 1.5 2 10))", "unsupported: '(digits 1.5 2 10)' has operands that are no integers at 1:13")]
    [InlineData("(FPCore (x) (digits 1 5001 10))", "unsupported: '(digits 1 5001 10)' is out of range: the exponent may be -5000 to 5000, the base 2 to 5000 at 1:13")]
    [InlineData("(FPCore (x) (digits 1 2))", "unsupported: 'digits' needs three numbers: significand, exponent, base at 1:13")]
    [InlineData("(FPCore (x) :pre (+ x 1) x)", "unsupported: the precondition is a number, not a condition at 1:18")]
    [InlineData("(FPCore (x) :pre (<= 3 x 2) x)", "unsupported: the precondition admits no x: at least 3 and at most 2 at 1:18")]
    [InlineData("(FPCore (x) :pre (and (< 1 x) (< 2 1)) x)", "unsupported: the precondition is never met: 2 < 1 at 1:31")]
    [InlineData("(FPCore (x) :example ([x y]) x)", "unsupported: the example of 'x' is not a number: 'y' at 1:26")]
    public void WhatIsWrongWithACoreIsItsStatus(string text, string status)
    {
        var file = FpCoreReader.Parse(text + "\n(FPCore (x) :name \"fine\" (* 2 x))", "in");
        Assert.Equal(status, file.Cores[0].Status);
        Assert.Equal("ok", file.Cores[1].Status);
        Assert.Equal($"core 1: {status[13..]} [HAD7002]", Assert.Throws<FpCoreException>(() => file.Cores[0].TraceAt([1])).Message);
    }

    [Fact]
    public void NamesArgumentsAndPropertiesAreRead()
    {
        var file = FpCoreReader.Read(Encoding.UTF8.GetBytes("\uFEFF;; one\r\n[FPCore quick (a* (! :precision (float 8 32) b_-))\r\n :name \"two\n lines \\\"quoted\\\"\" :cite (x y) :precision binary64 (+ a* b_-)]\n(FPCore second () 1) (FPCore () 2)"), "in");
        Assert.Equal(["two  lines \"quoted\"", "second", "core 3"], file.Cores.Select(core => core.Name));
        var core = file.Cores[0];
        Assert.Equal("ok", core.Status);
        Assert.Equal(2, core.Line);
        Assert.Equal(["a* binary64", "b_- binary32"], core.Arguments.Select(argument => $"{argument.Name} {argument.Format}"));
        Assert.Equal("(x y)", core.Properties[":cite"]);
    }

    [Fact]
    public void DeepNestingIsAnErrorAndNotTheEndOfTheProcess()
    {
        var text = string.Concat(Enumerable.Repeat("(- ", 100_000)) + "x" + new string(')', 100_000);
        Assert.Equal("in:1:3001: brackets are nested more than 1000 deep [HAD7001]", Assert.Throws<FpCoreException>(() => FpCoreReader.Parse(text, "in")).Message);
        var deep = "(FPCore (x) " + string.Concat(Enumerable.Repeat("(- ", 990)) + "x" + new string(')', 991);
        Assert.Equal(990, FpCoreReader.Parse(deep, "in").Cores[0].TraceAt([1]).Trace.OperationCount);
    }

    [Fact]
    public void ACoreIsChosenByNameOrNumber()
    {
        var file = FpCoreReader.Parse("(FPCore (x) :name \"b, a\" x) (FPCore two (x) x) (FPCore two (x) (- x))", "in.fpcore");
        Assert.Same(file.Cores[1], file.Choose("two"));
        Assert.Same(file.Cores[2], file.Choose("3"));
        Assert.Equal("in.fpcore holds 3 benchmarks; choose one with '--core NAME' or its number: 'b, a', 'two', 'two' [HAD7005]", Assert.Throws<FpCoreException>(() => file.Choose(null)).Message);
        Assert.Equal("in.fpcore holds no benchmark '4': 'b, a', 'two', 'two' [HAD7005]", Assert.Throws<FpCoreException>(() => file.Choose("4")).Message);
    }
}
